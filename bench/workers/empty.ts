/** Answers at once: what the driver and the way to a Worker cost without any Worker's own work. */

export default {
  fetch: () => new Response("ok"),
} satisfies ExportedHandler;
