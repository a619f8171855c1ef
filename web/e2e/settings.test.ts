// A setting is found, changed, in force, refused with its sentence when it may not be so, and put back.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { host, launch, logIn, visit } from './browser.ts';

let browser: Browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

test('a change of the settings is in force at once, and can be taken back', async () => {
  const { page, context, complaints } = await visit(browser);
  await logIn(page, '/settings');
  await page.getByLabel('Search settings').fill('fec adaptive');
  const row = page.locator('[data-setting="video.fec_adaptive"]');
  await row.getByText('default', { exact: true }).waitFor();
  await row.getByRole('switch').press('Space');
  await row.getByText(/from the file/).waitFor();
  await page.reload();
  await row.getByText(/from the file/).waitFor();
  assert.equal(await row.getByRole('switch').isChecked(), false);
  await row.getByRole('button', { name: /Back to the default/ }).click();
  await row.getByText('default', { exact: true }).waitFor();
  assert.equal(await row.getByRole('switch').isChecked(), true);
  await context.close();
  assert.deepEqual(complaints, []);
});

test('a value that may not be is refused in the host\'s words, and stays in its field', async () => {
  const { page, context, complaints } = await visit(browser);
  await logIn(page, '/settings');
  const row = page.locator('[data-setting="video.slices"]');
  const field = row.getByLabel('video.slices');
  await field.fill('33');
  await row.getByRole('button', { name: 'Save' }).click();
  await row.getByRole('alert').getByText(/1 to 32/).waitFor();
  assert.equal(await field.inputValue(), '33');
  await field.fill('2');
  await row.getByRole('button', { name: 'Save' }).click();
  await page.getByText(/video.slices is saved/).waitFor();
  await context.close();
  assert.deepEqual(complaints, []);
});

test('two consoles that change settings do not undo each other unseen', async () => {
  const mine = await visit(browser);
  const theirs = await visit(browser);
  await logIn(mine.page, '/settings');
  await logIn(theirs.page, '/settings');
  const field = (page: typeof mine.page) => page.locator('[data-setting="video.fec_percent"]').getByLabel('video.fec_percent');
  await field(mine.page).fill('20');
  // Mine does not hear of theirs before it saves.
  let deaf = true;
  await mine.context.route('**/api/v1/settings', (route) => {
    if (route.request().method() !== 'GET') deaf = false;
    return deaf ? route.abort() : route.continue();
  });
  await field(theirs.page).fill('30');
  await field(theirs.page).press('Enter');
  await theirs.page.getByText(/video.fec_percent is saved/).waitFor();
  await field(mine.page).press('Enter');
  const conflict = mine.page.getByRole('alert').filter({ hasText: 'Somebody else has changed a setting' });
  await conflict.getByText('30', { exact: true }).waitFor();
  assert.equal(await field(mine.page).inputValue(), '20');
  await conflict.getByRole('button', { name: 'Save mine nevertheless' }).click();
  await mine.page.getByText(/video.fec_percent is saved/).waitFor();
  await mine.context.close();
  await theirs.context.close();
});
