// Every page in light and dark, on a phone and on a desktop: pictures to look at (build/…/console-pictures), nothing wider than
// the screen, and nothing that axe finds. A device and its session have hostile names, which are text and nothing else.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { host, kDesktop, kPhone, kPlaces, launch, logIn, pair, picture, start, violations, visit, type Program } from './browser.ts';

const kHostile = '<img src=x onerror=alert(1)>"\'&{name}';

let browser: Browser;
let watching: Program;
before(async () => {
  browser = await launch();
  await pair(browser, kHostile);
  watching = start('punktfunk', 'connect', host.address, '--mode', '640x360@30', '--seconds', '200');
});
after(async () => {
  watching.process.kill();
  await browser.close();
});

for (const [look, viewport] of Object.entries({ phone: kPhone, desktop: kDesktop }))
  test(`every page on a ${look}`, async () => {
    const { page, context, complaints } = await visit(browser, { viewport });
    await page.goto(host.url);
    await page.getByLabel('Password').waitFor();
    await picture(page, `login-${look}-light`);
    await logIn(page);
    await page.getByRole('article', { name: kHostile }).getByText('streaming', { exact: true }).waitFor();
    for (const [name, path] of kPlaces) {
      await page.goto(host.url + path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForFunction(() => !document.querySelector('.skeleton'));
      for (const theme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: theme });
        await picture(page, `${name}-${look}-${theme}`);
        // Colours are the same on a phone.
        if (look === 'desktop' || theme === 'light') assert.deepEqual(await violations(page), [], `${name}, ${look}, ${theme}`);
      }
      const overhang = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(overhang, 0, `${name} is wider than a ${look}`);
    }
    await context.close();
    assert.deepEqual(complaints, []);
  });
