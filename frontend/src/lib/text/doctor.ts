import { typedUrl } from './network';
import { t } from './strings';

interface Check {
  name: string;
  ok: boolean;
  found?: string;
  error?: { code: string };
}

interface Profile {
  streams?: boolean;
  json?: boolean;
  tokensPerS?: number;
}

const words = t.doctor.steps;
const asked = ['picture', 'streaming', 'JSON answers', 'speed'];

/** The steps of an examination in their order: the way to each server, and what it is asked. Of several servers each is named in its steps. */
export function stepsFor(urls: readonly string[]): string[] {
  const way = urls.flatMap((address) => {
    const url = typedUrl(address);
    if (!url) return [];
    const suffix = urls.length > 1 ? ` ${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}` : '';
    const names = ['name', 'connection', ...(url.protocol === 'https:' ? ['TLS'] : []), 'key', 'model'];
    return names.map((name) => name + suffix);
  });
  return [...way, ...(way.length > 0 ? asked : ['picture', 'speed'])];
}

/** A step's own name, and the server it looks at where there are several. */
function parts(step: string): { name: string; server: string } {
  const name = Object.keys(words).find((known) => step === known || step.startsWith(`${known} `)) ?? step;
  return { name, server: step.slice(name.length + 1) };
}

/** What a step is called; the program may know more steps than the page. */
export function stepName(step: string): string {
  const { name, server } = parts(step);
  return [words[name]?.done ?? name, server].filter(Boolean).join(' · ');
}

/** What is being looked at after some steps were taken. The rest of the way to a server that is not well is left out. */
export function nowLooking(steps: readonly string[], checks: readonly Check[]): string {
  const last = checks.at(-1);
  const server = last && !last.ok && !asked.includes(last.name) ? parts(last.name).server : undefined;
  const rest = steps.slice(last ? steps.indexOf(last.name) + 1 : 0);
  const next = rest.find((step) => asked.includes(step) || parts(step).server !== server);
  if (next === undefined || (last && !steps.includes(last.name))) return t.doctor.going;
  const now = parts(next);
  return t.doctor.looking([words[now.name]?.now ?? now.name, now.server].filter(Boolean).join(' · '));
}

/** The model that was examined: the one asked for, or else the one that was found. */
export function examinedModel(wanted: string, checks: readonly Check[]): string {
  return wanted || (checks.find((check) => parts(check.name).name === 'model' && check.ok)?.found?.split(', ')[0] ?? '');
}

/** The end of an examination in one or two sentences. */
export function verdict(checks: readonly Check[], profile: Profile | undefined): string {
  const failed = checks.find((check) => !check.ok);
  const picture = checks.find((check) => check.name === 'picture');
  if (picture?.error?.code === 'backend.no_vision') return t.doctor.blind;
  if (picture?.error?.code === 'backend.wrong_colour') return t.doctor.unsure;
  if (!picture?.ok) return failed ? t.doctor.ended(stepName(failed.name)) : '';
  const can = [t.doctor.sees, ...(profile ? abilities(checks, profile) : [])].filter(Boolean);
  const ill = failed ? t.doctor.butSee(stepName(failed.name)) : '';
  return [t.doctor.it(can.join(', ')), ill].filter(Boolean).join(' ');
}

function abilities(checks: readonly Check[], { streams, json, tokensPerS }: Profile): string[] {
  const took = (name: string) => checks.some((check) => check.name === name && check.ok);
  return [
    took('streaming') ? (streams ? t.doctor.streams : t.doctor.whole) : '',
    took('JSON answers') && json ? t.doctor.keepsJson : '',
    took('speed') && tokensPerS ? t.doctor.rate(Math.round(tokensPerS)) : '',
  ];
}
