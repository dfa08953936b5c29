// Keeps a page true: follows /api/v1/stream, colours the map, and fetches the page's changed parts from the server,
// which alone knows how to say things. Without it the page reloads itself.
"use strict";

(() => {
  const STREAM = "/api/v1/stream";
  const SILENT = 40_000; // ms without any event: the stream says that it lives every 15 s
  const body = document.body;
  const lost = document.getElementById("lost");
  let number = body.dataset.number;
  let offset = 1000 * Number(body.dataset.now) - Date.now(); // the collector's clock against ours
  let source, heard, again = 1000;
  let pending = null, running = false, dirty = false, whole = false;

  const now = () => Date.now() + offset;

  // -- ages ---------------------------------------------------------------------------------------------------
  const units = [["day", 86400, 2], ["hour", 3600, 2], ["minute", 60, 1]];
  const unit = {};
  for (const name of ["day", "hour", "minute", "second"])
    unit[name] = new Intl.NumberFormat(document.documentElement.lang, {style: "unit", unit: name, unitDisplay: "long", maximumFractionDigits: 0});

  function age(seconds) {
    for (const [name, length, from] of units)
      if (seconds >= from * length) return unit[name].format(Math.floor(seconds / length));
    return unit.second.format(Math.max(0, Math.floor(seconds)));
  }

  function tick() {
    const at = now() / 1000;
    for (const element of document.querySelectorAll("[data-age], [data-until]")) {
      const {age: since, until} = element.dataset;
      const text = age(since === undefined ? Number(until) - at : at - Number(since));
      if (element.textContent !== text) element.textContent = text;
    }
    if (performance.now() - heard > SILENT) {
      source.close();
      setLost(true);
      connect();
    }
  }

  // -- the parts of the page ----------------------------------------------------------------------------------
  function refresh(everything) {
    whole = whole || everything;
    if (running) { dirty = true; return; }
    // A little apart from the other viewers, who were all told at the same moment.
    pending = pending || setTimeout(fetchParts, 50 + 350 * Math.random());
  }

  async function fetchParts() {
    const all = whole;
    pending = null; running = true; dirty = false; whole = false;
    const address = new URL(location.href);
    address.hash = "";
    if (!all) address.searchParams.set("part", "live");
    try {
      const answer = await fetch(address, {headers: {"Accept": "text/html"}});
      if (!answer.ok && answer.status !== 404) throw new Error(answer.statusText);
      replace(new DOMParser().parseFromString(await answer.text(), "text/html"), all);
    } catch {
      dirty = true; whole = whole || all;
      await new Promise(done => setTimeout(done, 2000));
    }
    running = false;
    if (dirty) refresh(false);
  }

  function replace(fresh, all) {
    const open = [...document.querySelectorAll("details[open][id]")].map(one => one.id);
    const focused = document.activeElement;
    const holder = focused && focused.closest("[data-live]");
    const href = focused && focused.getAttribute("href");
    const before = headline();
    for (const element of fresh.querySelectorAll(all ? "[data-live], #map" : "[data-live]")) {
      const old = document.getElementById(element.id);
      if (old && old.outerHTML !== element.outerHTML) old.replaceWith(document.importNode(element, true));
    }
    for (const id of open) {
      const details = document.getElementById(id);
      if (details) details.open = true;
    }
    if (holder && !document.contains(focused)) {
      const twin = focused.id ? document.getElementById(focused.id)
        : href && [...document.querySelectorAll(`#${CSS.escape(holder.id)} a`)].find(one => one.getAttribute("href") === href);
      if (twin) twin.focus({preventScroll: true});
    }
    const after = headline();
    if (after !== before) document.getElementById("news").textContent = after;
    entitle();
    tick();
    document.dispatchEvent(new Event("citynoc:replaced"));
  }

  const headline = () => document.getElementById("headline")?.textContent ?? "";
  const title = document.title;

  function entitle() {
    const open = document.getElementById("headline")?.dataset.open;
    document.title = open && open !== "0" ? `(${open}) ${title}` : title;
  }

  // -- the map ------------------------------------------------------------------------------------------------
  function colour(sites) {
    if (document.getElementById("map")?.dataset.kind !== "communes") return refresh(true);
    for (const [code, state] of Object.entries(sites))
      for (const area of document.querySelectorAll(`#map [data-s="${CSS.escape(code)}"]`))
        area.setAttribute("class", `s-${state ?? "unknown"}`);
  }

  document.addEventListener("click", event => {
    const area = event.target.closest?.("svg [data-href]");
    if (area) location.href = area.dataset.href;
  });

  // -- the stream ---------------------------------------------------------------------------------------------
  function connect() {
    heard = performance.now();
    source = new EventSource(`${STREAM}?since=${encodeURIComponent(number)}`);
    source.addEventListener("alive", event => {
      offset = 1000 * JSON.parse(event.data).at - Date.now();
      live();
    });
    source.addEventListener("change", event => news(event, false));
    source.addEventListener("snapshot", event => news(event, true));
    source.onerror = () => {
      setLost(true);
      if (source.readyState === EventSource.CLOSED) { // refused: the browser does not try again by itself
        setTimeout(connect, again);
        again = Math.min(10_000, 2 * again);
      }
    };
  }

  function live() {
    heard = performance.now();
    again = 1000;
    body.classList.add("live");
    if (!lost.hidden) { setLost(false); refresh(true); }
  }

  function news(event, everything) {
    live();
    number = event.lastEventId;
    const value = JSON.parse(event.data);
    const clock = document.querySelector("[data-clock]");
    if (clock && value.at) clock.textContent = value.at.slice(11, 19);
    if (value.sites && document.getElementById("map")) colour(value.sites);
    refresh(everything);
  }

  document.addEventListener("citynoc:refresh", () => refresh(true));

  function setLost(is) {
    lost.hidden = !is;
    if (is) body.classList.remove("live");
  }

  if (document.querySelector("[data-live]")) {
    connect();
    setInterval(tick, 1000);
    entitle();
    if (body.dataset.every) setInterval(() => refresh(false), 1000 * Number(body.dataset.every));
    addEventListener("pagehide", () => source.close());
    addEventListener("pageshow", event => { if (event.persisted) connect(); });
  }
})();
