// The library: an application of one's own comes and goes, titles are text whatever is in them, art that is none is a letter.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launch, logIn, picture, violations, visit } from './browser.ts';

const kHostile = '<script>alert(1)</script>"\'&{x}';

let browser: Browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

async function edit(page: Page, name: string) {
  await page.getByRole('button', { name: `Change ${name}` }).click();
  return page.getByRole('dialog').getByLabel('Name', { exact: true });
}

test('an application is added, found, changed and removed', async () => {
  const { page, context, complaints } = await visit(browser);
  await logIn(page, '/library');
  await page.getByRole('button', { name: 'Add an application' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name', { exact: true }).fill(kHostile);
  await form.getByLabel('Command').fill('sleep\n1000');
  await form.getByRole('button', { name: 'Add a step' }).click();
  await form.getByLabel('Step 1', { exact: true }).fill('true');
  assert.deepEqual(await violations(page), []);
  await picture(page, 'application-desktop-light');
  await form.getByRole('button', { name: 'Save' }).click();
  const entry = page.getByRole('article', { name: kHostile });
  await entry.waitFor();
  await page.getByLabel('Search').fill('script');
  await entry.waitFor();
  await page.getByLabel('Search').fill('nothing has this');
  await page.getByText('Nothing suits this').waitFor();
  await page.getByLabel('Search').fill('');

  await (await edit(page, kHostile)).fill('Sleeper');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('article', { name: 'Sleeper' }).waitFor();
  await page.getByRole('button', { name: 'Remove Sleeper' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
  await page.getByText('Sleeper is removed.').waitFor();
  await page.getByRole('article', { name: 'Sleeper' }).waitFor({ state: 'detached' });
  await context.close();
  assert.deepEqual(complaints, []);
});

test('what the host refuses stays in the form, with its sentence', async () => {
  const { page, context, complaints } = await visit(browser);
  await logIn(page, '/library');
  await page.getByRole('button', { name: 'Add an application' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name', { exact: true }).fill('Wide');
  await form.getByLabel('Command').fill('true');
  await form.getByLabel('Picture', { exact: true }).fill('as wide as it goes');
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByRole('alert').waitFor();
  assert.equal(await form.getByLabel('Name', { exact: true }).inputValue(), 'Wide');
  await context.close();
  assert.deepEqual(complaints, []);
});

test('two consoles that change one application do not undo each other unseen', async () => {
  const mine = await visit(browser);
  const theirs = await visit(browser);
  await logIn(mine.page, '/library');
  await mine.page.getByRole('button', { name: 'Add an application' }).click();
  await mine.page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('Shared');
  await mine.page.getByRole('dialog').getByLabel('Command').fill('true');
  await mine.page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await mine.page.getByRole('article', { name: 'Shared' }).waitFor();
  await logIn(theirs.page, '/library');
  await (await edit(mine.page, 'Shared')).waitFor();
  const mineCommand = mine.page.getByRole('dialog').getByLabel('Command');
  await (await edit(theirs.page, 'Shared')).waitFor();
  await theirs.page.getByRole('dialog').getByLabel('Command').fill('false');
  await theirs.page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await theirs.page.getByText('Shared is saved.').waitFor();
  await mineCommand.fill('sleep\n1');
  await mine.page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  const conflict = mine.page.getByRole('alert').filter({ hasText: 'Somebody else has changed this application' });
  await conflict.getByText('false', { exact: true }).waitFor();
  assert.equal(await mineCommand.inputValue(), 'sleep\n1');
  await conflict.getByRole('button', { name: 'Take theirs' }).click();
  assert.equal(await mineCommand.inputValue(), 'false');
  await mine.context.close();
  await theirs.context.close();
  assert.deepEqual([...mine.complaints, ...theirs.complaints], []);
});
