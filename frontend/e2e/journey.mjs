// What a person does, against the fake program that lives: each step names what it expects to see.
import assert from 'node:assert/strict';
import { figuresSteps } from './figures.mjs';
import { historySteps } from './history-journey.mjs';
import { sourceSteps } from './sources-journey.mjs';

const steps = {
  'the picture moves and a first answer streams': async (page) => {
    const drawn = () => page.locator('.picture canvas').evaluate((canvas) => canvas.toDataURL('image/jpeg', 0.3));
    const before = await drawn();
    await page.waitForFunction((old) => document.querySelector('.picture canvas').toDataURL('image/jpeg', 0.3) !== old, before);
    await page.getByText(/first word \d+/).waitFor();
    await page.getByRole('heading', { name: 'Answers 129' }).waitFor();
  },
  'letters in the prompt are letters, Enter uses it': async (page) => {
    await page.keyboard.press('p');
    const field = page.getByRole('textbox', { name: 'Prompt' });
    await field.fill('');
    await page.keyboard.type('Is it msfs?');
    await page.getByText('Enter to use it').waitFor();
    await page.keyboard.press('Enter');
    assert.equal(await field.inputValue(), 'Is it msfs?');
    assert.equal(await page.getByRole('button', { name: 'Stop asking' }).count(), 1);
    await page.getByText(/^Asked before: Describe/).first().waitFor();
  },
  'Escape takes a changed prompt back': async (page) => {
    const field = page.getByRole('textbox', { name: 'Prompt' });
    await field.fill('something else');
    await page.keyboard.press('Escape');
    assert.equal(await field.inputValue(), 'Is it msfs?');
  },
  'S stops and starts, F fills the screen and Escape leaves it': async (page) => {
    await page.keyboard.press('s');
    await page.getByRole('button', { name: 'Ask', exact: true }).waitFor();
    await page.keyboard.press('f');
    await page.locator('.window.full').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.window:not(.full)').waitFor();
  },
  'nothing jumps for who reads an older answer': async (page) => {
    await page.goto(`${page.base}/?state=live&rows=30`);
    const list = page.getByRole('feed');
    await list.getByRole('article').nth(20).waitFor();
    await list.evaluate((box) => (box.scrollTop = 700));
    const read = list.getByRole('article').nth(9);
    const label = await read.locator('b').innerText();
    const place = async () => (await list.getByRole('article', { name: label }).last().boundingBox()).y;
    const before = await place();
    await page.getByText('2 new answers').waitFor({ timeout: 15_000 });
    assert.ok(Math.abs((await place()) - before) < 1.5, 'the row moved');
    await page.getByText(/new answers?/).click();
    await page.waitForFunction(() => document.querySelector('[role=feed]').scrollTop === 0);
  },
  'a link opens outside, after a click': async (page) => {
    await page.goto(`${page.base}/?still&state=streaming`);
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByRole('link', { name: 'its kind' }).first().click();
    assert.equal(await page.evaluate(() => document.body.dataset.opened), 'https://example.com/plants');
    assert.match(page.url(), /state=streaming/);
  },
  'the keys of the windows act in a field and under the settings': async (page) => {
    await page.goto(`${page.base}/?still&state=live`);
    const told = (what) => page.waitForFunction((w) => document.body.dataset.window === w, what);
    await page.getByRole('textbox', { name: 'Prompt' }).focus();
    await page.keyboard.press('Control+n');
    await told('new');
    await page.keyboard.press('Control+Shift+N');
    await told('duplicate');
    await page.keyboard.press('Control+,');
    await page.getByRole('tab', { name: 'Backends' }).waitFor();
    await page.keyboard.press('Control+w');
    await told('close');
    await page.keyboard.press('Control+q');
    await told('quit');
  },
  'a wrong field keeps a form from being sent, and gets the focus': async (page) => {
    await page.goto(`${page.base}/?still&state=live`);
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Add a backend' }).click();
    await page.getByLabel('Address', { exact: true }).fill('lab3.local:8000');
    await page.locator('summary').click();
    await page.getByLabel('Questions at once').fill('100');
    await page.getByLabel('Questions at once').blur();
    await page.getByText('Choose 1 to 64.').waitFor();
    await page.locator('summary').click();
    await page.getByRole('button', { name: 'Save and use' }).click();
    assert.ok(await page.getByLabel('Questions at once').evaluate((field) => field === document.activeElement));
  },
  'a backend of several servers is saved, used and examined at once': async (page) => {
    await page.getByLabel('Questions at once').fill('2');
    await page.getByRole('button', { name: 'Add a server' }).click();
    await page.keyboard.type('http://localhost:9999/v1');
    await page.getByLabel('Name', { exact: true }).fill('Twins');
    await page.getByLabel('Address', { exact: true }).fill('http://lab3.local:8000/v1');
    await page.getByRole('button', { name: 'Save and check' }).click();
    await page.getByText('It sees pictures, streams, answers in JSON, about 40 tokens/s.').waitFor();
    await page.getByText('Not all is well: see “Connection · localhost:9999”.').waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByText('http://lab3.local:8000/v1 and 1 more server').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Backend: Twins/ }).waitFor();
  },
  'a backend is deleted when the question is answered with yes': async (page) => {
    await page.goto(`${page.base}/?still&state=live`);
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Delete Lab server' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete Lab server' }).waitFor({ state: 'detached' });
  },
  'a found server is used only after a click': async (page) => {
    await page.goto(`${page.base}/?still&state=first`);
    await page.getByRole('button', { name: /^Backend: Built-in/ }).click();
    await page.getByRole('menuitem', { name: /Use Ollama/ }).click();
    await page.getByRole('button', { name: /^Backend: Ollama, llava:7b/ }).waitFor();
  },
};

export async function journey(page, base) {
  page.base = base;
  await page.setViewportSize({ width: 1360, height: 860 });
  await page.goto(`${base}/?state=live&theme=dark`);
  const problems = [];
  for (const [name, step] of Object.entries({ ...steps, ...sourceSteps, ...figuresSteps, ...historySteps })) {
    await step(page).catch((error) => {
      const problem = `${name}: ${String(error).split('\n').slice(0, 6).join(' ')}`;
      console.error(problem);
      problems.push(problem);
    });
  }
  return problems;
}
