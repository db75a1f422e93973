/**
 * Measures how fast this page was for its reader, on sampled views while performance monitoring is on. One message
 * when the page is left: the page's name and a few numbers.
 */
import { onCLS, onFCP, onINP, onLCP, onTTFB } from "./vendor/web-vitals.js";

const page = document.querySelector('meta[name="measured-page"]')?.content;
const samples = new Map();

function note(metric) {
  samples.set(metric.name, { name: metric.name, value: metric.value });
}

/** Leaving, or going into the background: there may be no later moment. */
function send() {
  if (page === undefined || samples.size === 0) return;
  const body = JSON.stringify({ page, samples: [...samples.values()] });
  samples.clear();
  navigator.sendBeacon("/api/vitals", new Blob([body], { type: "application/json" }));
}

for (const observe of [onCLS, onFCP, onINP, onLCP, onTTFB]) observe(note);
addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") send();
});
addEventListener("pagehide", send);
