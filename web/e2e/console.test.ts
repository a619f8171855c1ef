// A person at the console, from the first login to a device that is cut off, against the real host and a real client.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { host, launch, logIn, picture, start, violations, visit, type Visit } from './browser.ts';

let browser: Browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

// `look` at the page, and when that fails what it showed is part of the report.
async function scene(look: (here: Visit) => Promise<void>, options: BrowserContextOptions = {}) {
  const here = await visit(browser, options);
  try {
    await look(here);
  } catch (error) {
    await picture(here.page, 'failed');
    throw new Error(`${String(error)}\nThe page said:\n${await here.page.locator('body').innerText()}`);
  }
  await here.context.close();
  assert.deepEqual(here.complaints, []);
}
test('a wrong password is answered in the host\'s words, the right one opens the dashboard', () => scene(async ({ page }) => {
  await page.goto(host.url);
  await page.getByLabel('Password').fill('not this one');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText('this is not the password').waitFor();
  assert.deepEqual(await violations(page), []);
  await logIn(page);
  await page.getByText('Nobody is connected').waitFor();
  // The cookie is enough after the page was loaded anew, and changes go through.
  await page.reload();
  await page.getByText('Nobody is connected').waitFor();
}));

test('a device is paired by the PIN on the page, streams, and is cut off', () => scene(async ({ page }) => {
  await logIn(page, '/pair');
  await page.getByRole('button', { name: 'Show a PIN' }).click();
  const pin = await page.locator('[data-pin]').getAttribute('data-pin');
  assert.match(pin ?? '', /^\d{4}$/);
  assert.deepEqual(await violations(page), []);
  const paired = await start('punktfunk', 'pair', host.address, '--pin', pin ?? '', '--name', 'tablet').ended;
  assert.equal(paired.code, 0, paired.said);
  await page.getByText('tablet is paired.').waitFor();

  const watching = start('punktfunk', 'connect', host.address, '--mode', '320x200@30', '--seconds', '60');
  await page.getByRole('link', { name: 'Dashboard' }).first().click();
  const card = page.getByRole('article', { name: 'tablet' });
  await card.getByText('streaming', { exact: true }).waitFor();
  assert.deepEqual(await violations(page), []);

  await page.getByRole('link', { name: 'Devices' }).first().click();
  await page.getByRole('article', { name: 'tablet' }).getByText('connected', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Unpair tablet' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Unpair' }).click();
  await page.getByText('No device is paired').waitFor();
  const cut = await watching.ended;
  assert.notEqual(cut.code, 0, cut.said);
}));

test('who reads German is spoken to in German', () => scene(async ({ page }) => {
  await page.goto(host.url);
  await page.getByRole('heading', { name: 'Willkommen bei deinem Host' }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'de');
}, { locale: 'de-AT' }));
