import './locale';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/layers.css';
import { mount } from 'svelte';
import { connect, Fault } from '$lib/bridge';
import { createApp } from '$lib/state/app';
import App from './App.svelte';
import NoProgram from './NoProgram.svelte';

async function start(target: HTMLElement): Promise<void> {
  try {
    const state = createApp(await connect());
    await state.picture.prepare(150);
    mount(App, { target, props: { state } });
  } catch (reason) {
    const { message, hint } = Fault.from(reason);
    mount(NoProgram, { target, props: { message, hint } });
  }
}

const target = document.getElementById('app');
if (target) void start(target);
