// The meeting's page: filters while one types, copies the list as text, fills the screen of the meeting room. Without it
// the filter is a form.
"use strict";

(() => {
  const form = document.getElementById("filter");
  const copy = document.getElementById("copy");
  const full = document.getElementById("full");
  const enter = full.textContent;
  const say = copy.textContent;
  let waiting = null;

  // The server filters; the address keeps what was asked for, so that news come filtered too.
  function ask() {
    const address = new URL(location.href);
    for (const [name, value] of new FormData(form)) {
      if (value) address.searchParams.set(name, value);
      else address.searchParams.delete(name);
    }
    history.replaceState(null, "", address);
    document.dispatchEvent(new Event("citynoc:refresh"));
  }

  form.addEventListener("submit", event => { event.preventDefault(); ask(); });
  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(ask, 250); });

  const plain = element => element.innerText.replace(/\s+/g, " ").trim();
  const folded = element => element.textContent.replace(/\s+/g, " ").trim();  // what is closed has no innerText

  function list() {
    const lines = [plain(document.querySelector("h1")), plain(document.getElementById("when"))];
    for (const body of document.querySelectorAll(".readiness tbody")) {
      lines.push("", plain(body.querySelector("th")));
      for (const row of body.querySelectorAll("tr:not(.district, .fold)"))
        lines.push([...row.cells].slice(0, 3).map(plain).join("\t"));
      for (const one of body.querySelectorAll(".fold li"))
        lines.push([[one.firstElementChild], [body.querySelector(".fold .chip")], [...one.querySelectorAll(".note")]]
          .map(cell => cell.map(folded).join(" ")).join("\t"));
    }
    return lines.join("\n");
  }

  // Where the page did not come over TLS the browser has no clipboard for scripts: the old way still copies.
  async function put(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }

  copy.addEventListener("click", async () => {
    const text = list();
    copy.dataset.text = text;
    await put(text);
    copy.textContent = copy.dataset.copied;
    document.getElementById("news").textContent = copy.dataset.copied;
    setTimeout(() => { copy.textContent = say; }, 2000);
  });

  full.addEventListener("click", async () => {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await document.documentElement.requestFullscreen();
  });
  document.addEventListener("fullscreenchange", () => {
    const is = Boolean(document.fullscreenElement);
    document.body.classList.toggle("room", is);
    full.textContent = is ? full.dataset.leave : enter;
  });

  copy.hidden = false;
  full.hidden = !document.fullscreenEnabled;
})();
