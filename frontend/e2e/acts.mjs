// What is clicked on the way to a screen.
export const click = (name, role = 'button') => (page) => page.getByRole(role, { name }).first().click();
export const tab = (name) => async (page) => {
  await page.keyboard.press('Control+,');
  await page.getByRole('tab', { name }).click();
};
export const addBackend = (url) => async (page) => {
  await page.keyboard.press('Control+,');
  await click('Add a backend')(page);
  await page.getByLabel('Address').fill(url);
  await click('Test')(page);
  await page.getByRole('alert').or(page.getByText('It answers.')).first().waitFor();
};
export const editLab = async (page) => {
  await tab('Backends')(page);
  await click('Edit Lab server')(page);
  await page.getByText(/^It answers\./).waitFor();
};
export const more = async (page) => {
  await editLab(page);
  await page.locator('summary').click();
};
export const examine = (name) => async (page) => {
  await tab('Backends')(page);
  await click(`Examine ${name}`)(page);
};
