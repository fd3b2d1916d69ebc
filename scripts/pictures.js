/**
 * `npm run pictures`: the README's pictures, taken from a bookstore that runs: the shop, and a purchase while a catalog is killed.
 * Needs Debian's chromium and ffmpeg.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { buildIfStale } from './build.js';

const ENTRY = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const PICTURES = fileURLToPath(new URL('../docs/pictures', import.meta.url));
const BASE_PORT = 17_400;
const BASE = `http://127.0.0.1:${BASE_PORT}`;
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync'];
const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 15_000;
const HEIGHT = 880;
const FRAME_MS = 250;
const FRAMES_BETWEEN = 8;
const FRAMES_AT_END = 14;
/** What a README may weigh. */
const MOST_BYTES = 2_000_000;

/** The bookstore, when it is ready. */
async function startBookstore(folder) {
  const options = ['--data', folder, '--base-port', String(BASE_PORT)];
  const bookstore = spawn(process.execPath, [ENTRY, 'local-cluster', ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH },
  });
  let output = '';
  bookstore.stdout.on('data', (text) => (output += text));
  for (const until = performance.now() + READY_WITHIN_MS; !/is ready/.test(output); await pause(100)) {
    if (bookstore.exitCode !== null || performance.now() > until) throw new Error(`not ready:\n${output}`);
  }
  return bookstore;
}

/** The process that listens where the first catalog does. */
function firstCatalog(bookstore) {
  const isIt = (pid) => {
    try {
      const parent = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[1];
      const settings = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
      return Number(parent) === bookstore.pid && settings.includes(`PORT=${BASE_PORT + 20}`);
    } catch {
      return false;
    }
  };
  const found = readdirSync('/proc').filter(Number).find(isIt);
  if (found === undefined) throw new Error('the first catalog does not run');
  return Number(found);
}

/** One frame of each page, again and again. */
async function takeFrames(pages, folder, count, first) {
  for (let frame = 0; frame < count; frame += 1) {
    const number = String(first + frame).padStart(4, '0');
    const taken = pages.map((page, at) => page.screenshot({ path: join(folder, `${at}-${number}.png`) }));
    await Promise.all([...taken, pause(FRAME_MS)]);
  }
  return first + count;
}

async function film(browser, bookstore, folder) {
  const pageOf = async (width, path) => {
    const page = await browser.newPage({ viewport: { width, height: HEIGHT } });
    await page.goto(`${BASE}${path}`);
    await page.locator('h1').first().waitFor();
    return page;
  };
  const operations = await pageOf(900, '/ops');
  const book = await pageOf(420, '/book/4');
  const pages = [operations, book];
  const buy = async () => {
    await book.getByRole('button', { name: /^Buy/ }).first().click();
    await book
      .getByText(/Order number|bought|Bought|yours/i)
      .first()
      .waitFor();
  };
  let frames = await takeFrames(pages, folder, FRAMES_BETWEEN, 0);
  await buy();
  frames = await takeFrames(pages, folder, FRAMES_BETWEEN, frames);
  process.kill(firstCatalog(bookstore), 'SIGKILL');
  frames = await takeFrames(pages, folder, 2, frames);
  await book.goto(`${BASE}/book/4`);
  await book.getByRole('button', { name: /^Buy/ }).first().waitFor();
  frames = await takeFrames(pages, folder, FRAMES_BETWEEN, frames);
  await buy();
  await takeFrames(pages, folder, FRAMES_AT_END, frames);
}

function animate(folder, target) {
  const input = (at) => ['-framerate', String(1000 / FRAME_MS), '-i', join(folder, `${at}-%04d.png`)];
  const filter =
    '[0][1]hstack,scale=1100:-1:flags=lanczos,split[a][b];[a]palettegen=max_colors=96:stats_mode=diff[p];[b][p]paletteuse=dither=none:diff_mode=rectangle';
  execFileSync('ffmpeg', [
    ...['-y', '-loglevel', 'error', ...input(0), ...input(1)],
    ...['-filter_complex', filter, target],
  ]);
  const { size } = statSync(target);
  console.log(`${target}: ${size} bytes`);
  if (size > MOST_BYTES) throw new Error(`${target} has more than ${MOST_BYTES} bytes`);
}

buildIfStale();
mkdirSync(PICTURES, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), 'bazar-pictures-'));
const bookstore = await startBookstore(join(folder, 'data'));
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
try {
  const shop = await browser.newPage({ viewport: { width: 1200, height: HEIGHT } });
  await shop.goto(BASE);
  await shop.getByText('RPCs for Dummies').first().waitFor();
  await shop.screenshot({ path: join(PICTURES, 'shop.png') });
  await film(browser, bookstore, folder);
  animate(folder, join(PICTURES, 'buy-while-a-catalog-is-killed.gif'));
} finally {
  await browser.close();
  const ended = new Promise((resolve) => bookstore.once('exit', resolve));
  bookstore.kill('SIGTERM');
  await Promise.race([ended, pause(STOP_WITHIN_MS).then(() => bookstore.kill('SIGKILL'))]);
  rmSync(folder, { recursive: true, force: true });
}
