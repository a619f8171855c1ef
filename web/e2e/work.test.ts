// What somebody does who looks after a host: recordings, logs, the doctor, tokens.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { host, launch, logIn, pair, start, visit, type Program } from './browser.ts';

let browser: Browser;
let watching: Program;
before(async () => {
  browser = await launch();
  await pair(browser, 'laptop');
  watching = start('punktfunk', 'connect', host.address, '--mode', '320x200@30', '--seconds', '200');
});
after(async () => {
  watching.process.kill();
  await browser.close();
});

async function scene(path: string, look: (page: Page) => Promise<void>) {
  const { page, context, complaints } = await visit(browser);
  await logIn(page, path);
  await look(page);
  await context.close();
  assert.deepEqual(complaints, []);
}

test('a recording is made and opened', () => scene('/performance', async (page) => {
  await page.getByRole('button', { name: 'Record', exact: true }).click();
  await page.getByText(/recording for/).waitFor();
  // It goes on whichever page one looks at.
  await page.getByRole('link', { name: 'Dashboard' }).first().click();
  await page.getByText(/recording for/).waitFor();
  await page.getByRole('link', { name: 'Performance' }).first().click();
  await page.waitForTimeout(1200); // of pictures
  await page.getByRole('button', { name: 'Stop and save' }).click();
  await page.getByText('The recording is saved.').waitFor();
  const row = page.locator('[data-recording]').first();
  await row.getByRole('button', { name: 'Open' }).click();
  await row.getByRole('img', { name: /pictures: half within/ }).waitFor();
  await row.getByText('Hitches').first().waitFor();
  const label = await row.getByRole('img', { name: /pictures: half within/ }).getAttribute('aria-label');
  assert.ok(Number(label?.match(/^[\d,.]+/)?.[0].replace(/\D/g, '')) > 10, `few pictures: ${label}`);
  const download = page.waitForEvent('download');
  await row.getByRole('link', { name: 'Perfetto' }).click();
  assert.match((await download).suggestedFilename(), /perfetto/);
  await row.getByRole('button', { name: /Delete the recording/ }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('Nothing was recorded yet.').waitFor();
}));

test('the logs are followed, searched and made finer', () => scene('/logs', async (page) => {
  const lines = page.locator('.log-line');
  await lines.first().waitFor();
  await page.getByLabel('Search').fill('pairing: paired');
  await lines.first().getByText(/pairing: paired/).waitFor();
  await page.getByLabel('Search').fill('no line has this in it');
  await page.getByText('No line suits this').waitFor();
  await page.getByLabel('Search').fill('');
  await page.getByRole('button', { name: /The host writes from/ }).click();
  await page.getByRole('option', { name: 'debug' }).click();
  await page.getByRole('button', { name: /The host writes from/ }).getByText('debug').waitFor();
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download' }).click();
  assert.ok((await download).suggestedFilename().length > 0);
}));

test('a token is made, shown once, and revoked', () => scene('/tokens', async (page) => {
  await page.getByText('There is no token').waitFor();
  await page.getByLabel('What it is for').fill('<b>lamp</b>');
  await page.getByRole('button', { name: /It may/ }).click();
  await page.getByRole('option', { name: 'look' }).click();
  await page.getByRole('button', { name: 'Make the token' }).click();
  const secret = (await page.locator('[data-secret]').textContent()) ?? '';
  const ask = (path: string) => page.evaluate(async ([where, token]) => (await fetch(where ?? '', { headers: { Authorization: `Bearer ${token}` }, credentials: 'omit' })).status, [path, secret]);
  assert.equal(await ask('/api/v1/sessions'), 200);
  assert.equal(await ask('/api/v1/tokens'), 403);
  await page.getByRole('button', { name: 'Revoke the token <b>lamp</b>' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('There is no token').waitFor();
  assert.equal(await ask('/api/v1/sessions'), 401);
}));

test('the doctor climbs to the top', () => scene('/doctor', async (page) => {
  await page.getByRole('button', { name: 'Examine this host' }).click();
  await page.getByText(/ of \d+ rungs/).waitFor();
  await page.getByText(/All is well|works, but not everything|Something is broken/).waitFor({ timeout: 60_000 });
  assert.deepEqual(await page.locator('[data-rung][data-state="failed"]').allTextContents(), []);
  assert.ok((await page.locator('[data-rung][data-state="ok"]').count()) > 15);
}));

test('the black box is switched on, says so, and gives a clip', () => scene('/performance', async (page) => {
  await page.getByText(/It is off: nothing of what sessions show is kept/).waitFor();
  const turn = page.getByRole('switch', { name: 'Black box' });
  await turn.press('Space');
  await page.getByText(/It is on: of each session/).waitFor();
  await page.getByRole('link', { name: 'Dashboard' }).first().click();
  const card = page.getByRole('article', { name: 'laptop' });
  await card.getByText(/The last \d+ s are kept in memory/).waitFor();
  await card.getByRole('button', { name: 'Save the last seconds of laptop' }).click();
  await page.getByText(/The clip is being saved/).waitFor();
  await page.getByRole('link', { name: 'Performance' }).first().click();
  const clip = page.locator('[data-clip]').first();
  const download = page.waitForEvent('download');
  await clip.getByRole('link', { name: 'Video' }).click();
  assert.match((await download).suggestedFilename(), /\.mkv$/);
  await clip.getByRole('button', { name: /Delete the clip/ }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await clip.waitFor({ state: 'detached' });
  await turn.press('Space');
  await page.getByText(/It is off/).waitFor();
}));
