// The screens to look at: what the address asks of the fake, and what is then clicked. All at 1360x860 unless said.
const states = ['first', 'live', 'streaming', 'lost', 'off', 'opening', 'failed', 'empty', 'loading', 'public'];

const click = (name, role = 'button') => (page) => page.getByRole(role, { name }).first().click();
const tab = (name) => async (page) => {
  await page.keyboard.press('Control+,');
  await page.getByRole('tab', { name }).click();
};
const addBackend = (url) => async (page) => {
  await page.keyboard.press('Control+,');
  await click('Add a backend')(page);
  await page.getByLabel('Address').fill(url);
  await click('Test')(page);
  await page.getByRole('alert').or(page.getByRole('status')).first().waitFor();
};

export const scenes = [
  ...states.map((state) => ({ name: state, query: `state=${state}` })),
  { name: 'gauges', query: 'state=live&gpu=1', minute: true },
  { name: 'no-gpu', query: 'state=live&gpu=0' },
  { name: 'gpus-4', query: 'state=live&gpu=4' },
  { name: 'menu-source', query: 'state=live', act: click(/^Source/) },
  { name: 'menu-backend', query: 'state=live', act: click(/^Backend/), until: 'text=qwen2.5-vl-3b' },
  { name: 'menu-pace', query: 'state=live', act: click('Another pace') },
  {
    name: 'confirm-cost',
    query: 'state=public',
    act: (page) => page.getByRole('radio', { name: 'Back to back' }).click(),
    until: 'text=Ask without a pause?',
  },
  {
    name: 'pace-small',
    query: 'state=live',
    act: async (page) => {
      await page.setViewportSize({ width: 720, height: 520 });
      await click(/^Pace/)(page);
    },
  },
  { name: 'picture', query: 'state=live', act: click(/^Show the picture/) },
  {
    name: 'exchange',
    query: 'state=live',
    act: async (page) => {
      await page.getByRole('article').first().hover();
      await click('Request and response')(page);
    },
  },
  { name: 'fullscreen', query: 'state=live', act: (page) => page.keyboard.press('f'), until: '.window.full' },
  { name: 'keys', query: 'state=live', act: (page) => page.keyboard.press('?') },
  { name: 'settings-backends', query: 'state=live', act: tab('Backends') },
  { name: 'settings-prompts', query: 'state=live', act: tab('Prompts') },
  { name: 'settings-asking', query: 'state=live', act: tab('Asking') },
  { name: 'settings-look', query: 'state=live', act: tab('Look') },
  { name: 'settings-about', query: 'state=live', act: tab('About') },
  { name: 'backend-fault', query: 'state=live', act: addBackend('localhost:9999') },
  { name: 'backend-public', query: 'state=public', act: addBackend('https://api.example.com/v1') },
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

export const sizes = [
  [1000, 700],
  [720, 520],
  [760, 860],
  [1920, 1080],
  [3840, 2160],
];
export const sized = ['first', 'live', 'streaming', 'lost', 'settings-backends', 'menu-backend', 'picture'];
