// The settings to look at: each tab, the forms in it, and what they say.
import { addBackend, click, editLab, examine, more, tab } from './acts.mjs';

export const settings = [
  { name: 'settings-backends', query: 'state=live', act: tab('Backends') },
  { name: 'settings-prompts', query: 'state=live', act: tab('Prompts') },
  { name: 'settings-asking', query: 'state=live', act: tab('Asking') },
  { name: 'settings-recording', query: 'state=live', act: tab('Recording') },
  {
    name: 'settings-gauges',
    query: 'state=live',
    act: async (page) => {
      await tab('Gauges')(page);
      await page.getByRole('radio', { name: '5', exact: true }).click();
      await page.getByRole('switch', { name: /^Tell Prometheus/ }).click();
    },
    until: 'text=http://127.0.0.1:9717/metrics',
  },
  {
    name: 'metrics-refused',
    rare: true,
    query: 'state=live',
    act: async (page) => {
      await tab('Gauges')(page);
      await page.getByLabel('Address', { exact: true }).fill('0.0.0.0:9717');
      await page.getByRole('switch', { name: /^Tell Prometheus/ }).click();
    },
    until: 'input[type=password][aria-invalid=true]:focus',
  },
  {
    name: 'metrics-token',
    query: 'state=live',
    act: async (page) => {
      await tab('Gauges')(page);
      await page.getByLabel('Address', { exact: true }).fill('0.0.0.0:9717');
      await click('Make one')(page);
    },
    until: 'text=once saved it is not shown again',
    rare: true,
  },
  {
    name: 'metrics-saved',
    query: 'state=live',
    act: async (page) => {
      await tab('Gauges')(page);
      await page.getByLabel('Address', { exact: true }).fill('0.0.0.0:9717');
      await click('Make one')(page);
      await page.getByRole('switch', { name: /^Tell Prometheus/ }).click();
    },
    until: 'text=Saved. Leave empty to keep it.',
    rare: true,
  },
  { name: 'settings-general', query: 'state=live', act: tab('General') },
  { name: 'settings-about', query: 'state=live', act: tab('About') },
  { name: 'backend-fault', query: 'state=live', act: addBackend('localhost:9999') },
  { name: 'backend-public', query: 'state=public', act: addBackend('https://api.example.com/v1') },
  { name: 'backend-edit', query: 'state=live', act: editLab },
  {
    name: 'backend-more',
    query: 'state=live',
    act: async (page) => {
      await more(page);
      await click('Add a server')(page);
      await page.getByLabel('Address of further server 1').fill('lab2.local:8000');
      await click('Add a server')(page);
      await page.getByLabel('Address of further server 2').fill('localhost:9999');
      await click('Test')(page);
      await page.getByText(/^Nothing is listening/).waitFor();
    },
  },
  {
    name: 'backend-limits',
    query: 'state=live',
    act: async (page) => {
      await more(page);
      await page.getByLabel('Questions at once').fill('99');
      await page.getByLabel('Questions a minute').fill('60');
      await click('Choose a file…')(page);
      await page.getByRole('radio', { name: 'Yes', exact: true }).click();
      await page.getByLabel('When it does not answer, ask').selectOption({ label: 'Example Cloud' });
      await page.getByLabel('When it does not answer, ask').scrollIntoViewIfNeeded();
    },
    until: 'text=Choose 1 to 64.',
  },
  {
    name: 'backend-key-again',
    query: 'state=public',
    act: async (page) => {
      await tab('Backends')(page);
      await click('Edit Example Cloud')(page);
      await page.getByText(/^It answers\./).waitFor();
      await page.getByLabel('Address', { exact: true }).fill('https://eu.example.com/v1');
    },
    until: 'text=Enter the key again for https://eu.example.com:443',
  },
  {
    name: 'backend-elsewhere',
    query: 'state=live',
    act: async (page) => {
      await editLab(page);
      await page.getByLabel('Name', { exact: true }).fill('Half typed');
      const backends = [{ id: 'lab', name: 'Laboratory', url: 'http://lab.local:8000/v1', model: 'qwen2.5-vl-7b' }];
      await page.evaluate((detail) => dispatchEvent(new CustomEvent('elsewhere', { detail })), { backends });
    },
    until: 'text=was changed in another window',
  },
  {
    name: 'backend-deleted',
    query: 'state=live',
    act: async (page) => {
      await editLab(page);
      await page.evaluate(() => dispatchEvent(new CustomEvent('elsewhere', { detail: { backends: [] } })));
    },
    until: 'text=was deleted in another window',
  },
  { name: 'doctor', query: 'state=live', act: examine('Lab server'), until: 'text=It sees pictures' },
  { name: 'doctor-ill', query: 'state=live', act: examine('Example Cloud'), until: 'text=It does not see pictures' },
  { name: 'doctor-running', query: 'state=live&slow', act: examine('Lab server'), until: 'text=Watching the answer arrive' },
  {
    name: 'backend-blind',
    query: 'state=live',
    act: async (page) => {
      await examine('Example Cloud')(page);
      await page.getByText(/^It does not see pictures/).waitFor();
      await click('Done')(page);
    },
    until: '.warning',
  },
  { name: 'settings-privacy', query: 'state=live', act: tab('Privacy') },
  {
    name: 'privacy-kept',
    query: 'state=public',
    act: async (page) => {
      await tab('Privacy')(page);
      await page.getByRole('switch').click();
    },
    until: 'text=it is not asked about this source',
  },
  {
    name: 'prompt-form',
    query: 'state=live',
    act: async (page) => {
      await tab('Prompts')(page);
      await click('New prompt')(page);
    },
  },
  {
    name: 'delete-backend',
    query: 'state=live',
    act: async (page) => {
      await tab('Backends')(page);
      await click('Delete Lab server')(page);
    },
  },
];
