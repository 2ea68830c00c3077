// What a person learns of times, machine and server, in the real program; and what they can hand on when something is wrong.
import assert from 'node:assert/strict';
import { until } from './rig.mjs';

/** The figures of the session that the page is in the middle of. */
export async function measured(page, rig, { step, check }) {
  await step('figures of the real session stand beside the picture', async () => {
    await page.locator('.stage').click({ position: { x: 200, y: 200 } });
    await page.keyboard.press('g');
    const first = page.getByRole('row', { name: /^First word/ }).getByRole('cell');
    await until('a time to the first word', async () => Number.parseFloat(await first.first().innerText()) > 0);
    const answer = page.getByRole('row', { name: /^Answer, / }).getByRole('cell');
    assert.ok(Number.parseFloat(await answer.first().innerText()) > 0, 'the time of an answer');
    await check(page, 'figures');
  });
  await step('this computer shows its cores and its disk', async () => {
    await page.getByRole('tab', { name: 'This computer' }).click();
    await page.getByText(/^\d+ cores?$/).waitFor();
    await page.getByText(/free of/).waitFor();
    await page.getByText('This window').waitFor();
    await check(page, 'machine');
  });
  await step('a machine without a GPU, and a server that tells nothing, say so quietly', async () => {
    await page.getByRole('tab', { name: 'GPU' }).click();
    await page.getByText(/No GPU here/).first().waitFor();
    await page.getByRole('tab', { name: 'Server' }).click();
    await page.getByText(/tells nothing/).first().waitFor();
    await page.keyboard.press('Escape');
  });
  await step('metrics are served once they are switched on, and not before', async () => {
    const address = `127.0.0.1:${await rig.freePort()}`;
    const scrape = () => fetch(`http://${address}/metrics`).then((r) => r.text(), () => '');
    assert.equal(await scrape(), '');
    await page.keyboard.press('Control+,');
    await page.getByRole('tab', { name: 'Gauges' }).click();
    await page.getByLabel('Address').fill(address);
    await page.getByRole('switch').first().click();
    await until('figures for Prometheus', async () => (await scrape()).includes('sightline_questions_total'));
    await check(page, 'metrics');
    await page.getByRole('switch').first().click();
    await until('silence', async () => (await scrape()) === '');
  });
  await step('diagnostics can be read and copied, and name neither server nor prompt', async () => {
    await page.getByRole('tab', { name: 'About' }).click();
    await page.getByRole('button', { name: 'Diagnostics…' }).click();
    const text = page.locator('pre').last();
    await until('diagnostics', async () => (await text.innerText()).includes('outcomes:'));
    const all = await text.innerText();
    assert.match(all, /source: (sample|chosen by Sightline)/);
    for (const secret of ['Is the door open?', 'Loopback lab']) assert.ok(!all.includes(secret), `${secret} is in the diagnostics`);
    await check(page, 'diagnostics');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
  });
}
