// Keeps the dashboard open until a line comes on standard input, for tools/console_cost.py, which says "open" to it first.
// With a name, a picture of what it showed is kept.
import { once } from 'node:events';
import { launch, logIn, picture, visit } from './browser.ts';

const browser = await launch();
const { page } = await visit(browser, { viewport: { width: 1280, height: 800 } });
await logIn(page);
await page.locator('[data-still]').first().waitFor();
console.log('open');
await once(process.stdin, 'data');
const [name] = process.argv.slice(2);
if (name !== undefined) await picture(page, name);
await browser.close();
process.exit(0);
