// Drives the page of the chat in two windows of Chromium, and listens to events in a third.
//   node chat.mjs CHAT_PORT EVENTS_PORT PLAYWRIGHT_CORE
// Says "ok", or what was not so.
import { createRequire } from 'node:module';

const [chatPort, eventsPort, driver] = process.argv.slice(2);
const { chromium } = createRequire(import.meta.url)(driver);
const limit = { timeout: 30_000 };

async function open(browser, name) {
  const page = await browser.newPage();
  page.on('pageerror', error => { throw error; });
  await page.goto(`http://127.0.0.1:${chatPort}/?name=${encodeURIComponent(name)}`, limit);
  await hears(page, `${name} is here`);
  return page;
}

async function hears(page, line) {
  await page.waitForFunction(
      wanted => document.getElementById('said').textContent.split('\n').includes(wanted),
      line, limit);
}

async function say(page, text) {
  await page.fill('#text', text);
  await page.press('#text', 'Enter');
}

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
});
try {
  const ann = await open(browser, 'ann');
  const bob = await open(browser, 'bob & co');
  await hears(ann, 'bob & co is here');
  await say(ann, 'hello <b>bob</b> ☕');
  await hears(bob, 'ann: hello <b>bob</b> ☕');
  await say(bob, 'x'.repeat(100_000));
  await hears(ann, 'bob & co: ' + 'x'.repeat(100_000));
  await bob.close();
  await hears(ann, 'bob & co has left');

  const listener = await browser.newPage();
  await listener.goto(`http://127.0.0.1:${eventsPort}/`, limit);
  const ids = await listener.evaluate(() => new Promise((resolve, reject) => {
    const events = new EventSource('/events');
    const ids = [];
    events.onmessage = event => {
      ids.push(Number(event.lastEventId));
      if (ids.length === 3) { events.close(); resolve(ids); }
    };
    setTimeout(() => reject(new Error('no events')), 30_000);
  }));
  if (ids[1] !== ids[0] + 1 || ids[2] !== ids[1] + 1) throw new Error(`events ${ids}`);
  console.log('ok');
} catch (error) {
  console.log(error.message);
} finally {
  await browser.close();
}
