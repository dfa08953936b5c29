// Turns the wall's slides, shows the city's clock and dims by night. Without it the slides stand below one another.
"use strict";

(() => {
  const TURN = 15_000; // ms a slide stays
  const NIGHT = [22, 6]; // hours, in the city's own time
  const body = document.body;
  const slides = [...document.querySelectorAll(".slide")];
  const pause = document.getElementById("pause");
  const clock = document.querySelector(".clock");
  const zone = {timeZone: body.dataset.zone, hourCycle: "h23"};
  const hour = new Intl.DateTimeFormat("en-GB", {...zone, hour: "2-digit"});
  const time = new Intl.DateTimeFormat("en-GB", {...zone, hour: "2-digit", minute: "2-digit"});
  let shown = 0, timer = null;

  const empty = slide => slide.querySelector("#meetings:empty") !== null;

  function show(next) {
    const step = next < shown ? -1 : 1;
    shown = (next + slides.length) % slides.length;
    while (empty(slides[shown])) shown = (shown + step + slides.length) % slides.length;
    slides.forEach((slide, place) => { slide.hidden = place !== shown; });
  }

  function turn(on) {
    clearInterval(timer);
    timer = on ? setInterval(() => show(shown + 1), TURN) : null;
    pause.textContent = on ? pause.dataset.pause : pause.dataset.resume;
  }

  function tell() {
    const now = new Date();
    const at = Number(hour.format(now));
    clock.textContent = time.format(now);
    body.classList.toggle("night", at >= NIGHT[0] || at < NIGHT[1]);
  }

  body.classList.add("turning");
  pause.hidden = false;
  pause.addEventListener("click", () => turn(timer === null));
  addEventListener("keydown", event => {
    if (event.key === "ArrowRight") show(shown + 1);
    if (event.key === "ArrowLeft") show(shown - 1);
    if (event.key === " " && document.activeElement !== pause) { event.preventDefault(); turn(timer === null); }
  });
  show(0);
  turn(true);
  tell();
  setInterval(tell, 1000);
})();
