// A browser that obeys: one JSON command a line on stdin, one JSON answer a line on stdout. Chromium's own window
// into Google is closed, so that the only requests are those of the page.
import {createInterface} from "node:readline";
import {readFileSync} from "node:fs";
import {createRequire} from "node:module";
import {chromium} from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"];

const browser = await chromium.launch({executablePath: process.argv[2], args: QUIET});
let context, page, said = [], asked = [];

const commands = {
  async open({url, width = 1600, height = 1000, locale = "en-US", scheme = "light", scripts = true}) {
    await context?.close();
    said = []; asked = [];
    context = await browser.newContext({viewport: {width, height}, locale, colorScheme: scheme, javaScriptEnabled: scripts,
      reducedMotion: "reduce", deviceScaleFactor: width < 600 ? 2 : 1, hasTouch: width < 600});
    page = await context.newPage();
    page.on("console", message => said.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", error => said.push(`error: ${error.message}`));
    page.on("request", request => asked.push(request.url()));
    const answer = await page.goto(url, {waitUntil: "load"});
    return answer.status();
  },
  evaluate: ({script}) => page.evaluate(script),
  async wait({script, seconds}) { // by our own questions: Playwright's wait evaluates a string, which the page's policy forbids
    const deadline = performance.now() + 1000 * seconds;
    const holds = () => page.evaluate(script).catch(error => {
      if (!/context was destroyed|navigation/.test(error.message)) throw error;
    });
    while (!await holds()) {
      if (performance.now() > deadline) throw new Error(`not within ${seconds} s`);
      await new Promise(done => setTimeout(done, 50));
    }
    return true;
  },
  async press({keys}) {
    for (const key of keys) await page.keyboard.press(key);
  },
  async click({at}) { await page.click(at); return page.url(); },
  url: () => page.url(),
  async shot({file, full = false, type = "png", quality}) { await page.screenshot({path: file, fullPage: full, type, quality}); return file; },
  async axe() { // through the debugger's own channel: the page's policy lets no foreign script in
    await page.evaluate(AXE);
    const found = await page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})");
    return found.violations.map(one => ({id: one.id, impact: one.impact, help: one.help,
      at: one.nodes.slice(0, 5).map(node => `${node.target.join(" ")}: ${node.failureSummary}`)}));
  },
  said: () => said,
  asked: () => asked,
};

for await (const line of createInterface({input: process.stdin})) {
  const {command, ...given} = JSON.parse(line);
  let answer;
  try {
    answer = {done: await commands[command](given) ?? null};
  } catch (error) {
    answer = {failed: `${error.message}`};
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser.close();
