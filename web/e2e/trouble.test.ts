// What goes wrong while somebody works: nothing that he typed is lost, and a sentence says what to do.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { host, launch, logIn, OwnHost, pair, visit } from './browser.ts';

let browser: Browser;
before(async () => {
  browser = await launch();
  await pair(browser, 'sofa');
});
after(() => browser.close());

async function edit(page: Page, name: string) {
  await logIn(page, '/devices');
  await page.getByRole('button', { name: `Change ${name}` }).click();
  return page.getByRole('dialog').getByLabel('Name');
}

test('a login that ends in the middle of a form is asked for on top of it', async () => {
  const { page, context, complaints } = await visit(browser);
  const field = await edit(page, 'sofa');
  await field.fill('sofa in the garden');
  const cookies = await context.cookies();
  await context.clearCookies();
  await page.getByRole('button', { name: 'Save' }).click();
  const again = page.getByRole('dialog', { name: 'Log in again' });
  await again.getByLabel('Password').fill(host.password);
  await again.getByRole('button', { name: 'Log in' }).click();
  await again.waitFor({ state: 'detached' });
  assert.equal(await field.inputValue(), 'sofa in the garden');
  assert.ok(cookies.length > 0);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('article', { name: 'sofa in the garden' }).waitFor();
  await context.close();
  assert.deepEqual(complaints, []);
});

test('two consoles that edit one device do not undo each other unseen', async () => {
  const mine = await visit(browser);
  const theirs = await visit(browser);
  const myField = await edit(mine.page, 'sofa in the garden');
  const theirField = await edit(theirs.page, 'sofa in the garden');
  await myField.waitFor();
  await theirField.fill('theirs');
  await theirs.page.getByRole('button', { name: 'Save' }).click();
  await theirs.page.getByRole('article', { name: 'theirs' }).waitFor();
  await myField.fill('mine');
  await mine.page.getByRole('button', { name: 'Save' }).click();
  const conflict = mine.page.getByRole('alert').filter({ hasText: 'Somebody else has changed this device' });
  await conflict.getByText('theirs', { exact: true }).waitFor();
  assert.equal(await myField.inputValue(), 'mine');
  await mine.page.getByRole('button', { name: 'Save mine nevertheless' }).click();
  await theirs.page.getByRole('article', { name: 'mine' }).waitFor(); // told by an event
  await mine.context.close();
  await theirs.context.close();
  assert.deepEqual([...mine.complaints, ...theirs.complaints], []);
});

test('a host that is gone in mid-action leaves form and page, and is found again', async () => {
  const { page, context, complaints } = await visit(browser);
  const field = await edit(page, 'mine');
  await field.fill('kitchen');
  await context.route('**/api/**', (route) => route.abort());
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The host does not answer.').first().waitFor();
  assert.equal(await field.inputValue(), 'kitchen');
  await context.unroute('**/api/**');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('article', { name: 'kitchen' }).waitFor();
  await context.close();
  assert.deepEqual(complaints, []);
});

test('a host that is killed and comes back loses nothing of what was typed', async () => {
  const own = new OwnHost();
  await own.start();
  const { page, context, complaints } = await visit(browser);
  await logIn(page, '/settings', own);
  const row = page.locator('[data-setting="video.fec_percent"]');
  const field = row.getByLabel('video.fec_percent');
  await field.fill('25');
  await own.kill();
  await row.getByRole('button', { name: 'Save' }).click();
  await row.getByRole('alert').getByText('The host does not answer.').waitFor();
  await page.getByText(/The host has not answered since/).waitFor();
  await own.start();
  // Who was logged in is forgotten with the process: the password is asked for on top of the form.
  const again = page.getByRole('dialog', { name: 'Log in again' });
  await again.getByLabel('Password').fill(own.password);
  await again.getByRole('button', { name: 'Log in' }).click();
  await again.waitFor({ state: 'detached' });
  assert.equal(await field.inputValue(), '25');
  await row.getByRole('button', { name: 'Save' }).click();
  await page.getByText(/video.fec_percent is saved/).waitFor();
  await page.getByText(/The host has not answered since/).waitFor({ state: 'detached' });
  await context.close();
  await own.remove();
  assert.deepEqual(complaints, []);
});

test('an answer that is no answer breaks nothing', async () => {
  const { page, context, complaints } = await visit(browser);
  // Before anything asks: what a page has, it goes on showing.
  await context.route('**/api/v1/devices', (route) => route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>proxy</h1>' }));
  await logIn(page);
  await page.getByRole('link', { name: 'Devices' }).first().click();
  await page.getByRole('alert').getByRole('button', { name: 'Try again' }).waitFor();
  await context.unroute('**/api/v1/devices');
  await page.getByRole('alert').getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('article', { name: 'kitchen' }).waitFor();
  await context.close();
  assert.deepEqual(complaints, []);
});

test('the keyboard alone goes everywhere', async () => {
  const { page: first, context, complaints } = await visit(browser);
  await logIn(first);
  const page = await context.newPage(); // which nobody has clicked into
  await page.goto(host.url);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Skip to the contents');
  for (let steps = 0; steps < 12; ++steps) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate(() => document.activeElement?.getAttribute('href'))) === '/devices') break;
  }
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Devices' }).waitFor();
  const change = page.getByRole('button', { name: 'Change kitchen' });
  await change.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.ok(await change.evaluate((button) => button === document.activeElement));
  await context.close();
  assert.deepEqual(complaints, []);
});
