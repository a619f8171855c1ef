// Chromium, as Debian has it, in front of a host that testing/e2e/console_test.py has started. What that one says about the
// host comes in the environment.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';

const axePath = createRequire(import.meta.url).resolve('axe-core');

function given(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run testing/e2e/console_test.py`);
  return value;
}

export const host = {
  url: given('PF_URL'),
  password: given('PF_PASSWORD'),
  address: given('PF_ADDRESS'),
  bin: given('PF_BIN_DIR'),
  folder: given('PF_FOLDER'), // for what clients remember
  pictures: given('PF_PICTURES'),
};

// The pages, by the names of their pictures.
export const kPlaces = Object.entries({
  dashboard: '/',
  pair: '/pair',
  devices: '/devices',
  performance: '/performance',
  displays: '/displays',
  library: '/library',
  logs: '/logs',
  doctor: '/doctor',
  tokens: '/tokens',
  settings: '/settings',
});

export const kPatienceMs = 30_000;

export const kPhone = { width: 390, height: 844 };
export const kDesktop = { width: 1280, height: 860 };

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
}

// What the pages complained about, which is nothing in a test that went well.
export interface Visit {
  context: BrowserContext;
  page: Page;
  complaints: string[];
}

export async function visit(browser: Browser, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: kDesktop, locale: 'en-GB', reducedMotion: 'reduce', ...options });
  context.setDefaultTimeout(kPatienceMs);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // An answer that is no success is the test's business, not a fault of the page.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text());
  });
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return { context, page, complaints };
}

export async function logIn(page: Page, path = '/', there: { url: string; password: string } = host) {
  await page.goto(there.url + path);
  await page.getByLabel('Password').fill(there.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor();
}

// Everything that WCAG 2.2 A and AA say and a machine can see.
export async function violations(page: Page): Promise<string[]> {
  // Beside the page's policy, as an extension would: the policy stays as it is for the page's own scripts.
  const client = await page.context().newCDPSession(page);
  const { frameTree } = await client.send('Page.getFrameTree');
  const { executionContextId } = await client.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id });
  const { readFileSync } = await import('node:fs');
  await client.send('Runtime.evaluate', { expression: readFileSync(axePath, 'utf8'), contextId: executionContextId });
  const { result, exceptionDetails } = await client.send('Runtime.evaluate', {
    contextId: executionContextId,
    awaitPromise: true,
    returnByValue: true,
    expression: `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
      .then((report) => report.violations.flatMap((rule) => rule.nodes.map((node) => rule.id + ': ' + node.target.join(' ') + ' ' + node.failureSummary)))`,
  });
  await client.detach();
  if (exceptionDetails) throw new Error(exceptionDetails.text);
  return result.value as string[];
}

export async function picture(page: Page, name: string) {
  mkdirSync(host.pictures, { recursive: true });
  await page.screenshot({ path: `${host.pictures}/${name}.png`, fullPage: true });
}

// A program of ours beside the test; `ended` is its exit code and what it said.
export interface Program {
  process: ChildProcess;
  ended: Promise<{ code: number | null; said: string }>;
}

const kRunning = new Set<ChildProcess>();
process.on('exit', () => kRunning.forEach((child) => child.kill('SIGKILL')));

export function start(program: string, ...args: string[]): Program {
  const child = spawn(`${host.bin}/${program}`, args, { env: { ...process.env, XDG_STATE_HOME: host.folder }, stdio: ['ignore', 'pipe', 'pipe'] });
  kRunning.add(child);
  let said = '';
  child.stdout.on('data', (bytes) => (said += bytes));
  child.stderr.on('data', (bytes) => (said += bytes));
  const ended = new Promise<{ code: number | null; said: string }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      kRunning.delete(child);
      resolve({ code, said });
    });
  });
  return { process: child, ended };
}

// A host of the test's own, which it may kill and start again: on the same port, with what it has kept.
export class OwnHost {
  readonly folder = mkdtempSync(join(tmpdir(), 'pf-own-'));
  url = '';
  password = '';
  private child: ChildProcess | undefined;
  private port = 0;

  private get environment() {
    const { XDG_RUNTIME_DIR: _, ...rest } = process.env;
    return { ...rest, XDG_CONFIG_HOME: `${this.folder}/config`, XDG_STATE_HOME: `${this.folder}/state` };
  }

  async start() {
    this.port ||= await freePort();
    this.url = `https://127.0.0.1:${this.port}`;
    const quiet = ['sound_server.run=never', 'microphone.enabled=false', 'display.backend=synthetic', `management.port=${this.port}`].flatMap((setting) => ['--set', setting]);
    const child = spawn(`${host.bin}/punktfunk-host`, ['serve', '--port', '0', '--bind', '127.0.0.1', '--no-mdns', ...quiet], { env: this.environment, stdio: ['ignore', 'pipe', 'ignore'] });
    this.child = child;
    kRunning.add(child);
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    if (!String(said).startsWith('ready: ')) throw new Error(`the host did not get ready: ${String(said)}`);
    this.password ||= execFileSync(`${host.bin}/punktfunk-host`, ['password'], { env: this.environment, encoding: 'utf8' }).trim().split(/\s+/).at(-1) ?? '';
  }

  async kill() {
    const child = this.child;
    if (!child) return;
    const gone = once(child, 'close');
    child.kill('SIGKILL');
    await gone;
    kRunning.delete(child);
    this.child = undefined;
  }

  async remove() {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

// Pairs the client that `start` starts, by a PIN from the page.
export async function pair(browser: Browser, name: string) {
  const { page, context } = await visit(browser);
  await logIn(page, '/pair');
  await page.getByRole('button', { name: 'Show a PIN' }).click();
  const pin = (await page.locator('[data-pin]').getAttribute('data-pin')) ?? '';
  const { code, said } = await start('punktfunk', 'pair', host.address, '--pin', pin, '--name', name).ended;
  await context.close();
  if (code !== 0) throw new Error(said);
}
