// A person at the console, from the first login to a device that is cut off, against the real host and a real client.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { host, kPlaces, launch, logIn, picture, start, violations, visit, type Visit } from './browser.ts';

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
  // Its graph moves, and it is seen.
  const points = async () => Number(await card.locator('[data-points]').first().getAttribute('data-points'));
  await page.waitForFunction(() => Number(document.querySelector('[data-points]')?.getAttribute('data-points')) >= 2);
  const before = await points();
  await page.waitForFunction((least) => Number(document.querySelector('[data-points]')?.getAttribute('data-points')) > least, before);
  const still = card.getByRole('img', { name: 'The screen of tablet' });
  await still.waitFor();
  assert.deepEqual(await still.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight]), [320, 200]);
  assert.deepEqual(await violations(page), []);

  // It is steered.
  await card.getByRole('button', { name: 'Steer the session of tablet' }).click();
  const steering = page.getByRole('dialog');
  await steering.getByLabel('Bit rate in kbit/s').fill('3000');
  await steering.getByRole('button', { name: 'Apply' }).click();
  await steering.waitFor({ state: 'detached' });
  await card.getByText('3.0 Mbit/s').first().waitFor();
  await card.getByRole('button', { name: 'Steer the session of tablet' }).click();
  await steering.getByLabel('Bit rate in kbit/s').fill('9999999');
  await steering.getByRole('button', { name: 'Apply' }).click();
  await steering.getByRole('alert').getByText(/bit rate/).waitFor();
  await steering.getByRole('button', { name: 'Refresh the picture' }).click();
  await steering.waitFor({ state: 'detached' });

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

test('the first load is small enough for a phone in the garden', () => scene(async ({ page }) => {
  await page.goto(host.url);
  await page.getByLabel('Password').waitFor();
  const bytes = await page.evaluate(() => performance.getEntries().reduce((sum, entry) => sum + ('encodedBodySize' in entry ? Number(entry.encodedBodySize) : 0), 0));
  assert.ok(bytes > 50_000 && bytes <= 300_000, `the first load is ${bytes} bytes`);
}));

test('a screen reader hears what the eye sees', () => scene(async ({ page }) => {
  await logIn(page, '/devices');
  await page.getByRole('heading', { name: 'Devices', level: 1 }).waitFor();
  assert.match(await page.title(), /^Devices/);
  // Everything that takes a press or a text has a name, on every page; and each has one heading of the first rank.
  for (const [, path] of kPlaces) {
    await page.goto(host.url + path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1, path);
    for (const role of ['button', 'link', 'textbox', 'switch', 'checkbox', 'searchbox', 'img'] as const)
      assert.equal(await page.getByRole(role, { name: /^$/ }).count(), 0, `${path} has a ${role} without a name`);
    assert.equal(await page.getByRole('navigation', { name: 'Pages' }).count(), 1, path);
  }
  // A page that one goes to is where reading goes on.
  await page.getByRole('link', { name: 'Doctor' }).first().press('Enter');
  await page.getByRole('heading', { name: 'Doctor', level: 1 }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'main');
}));
