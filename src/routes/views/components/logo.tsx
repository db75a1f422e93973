/** The mark: half a sun on the horizon, with its light on the water. Colours come from the style sheet. */

export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false">
      <path class="logo-sun" d="M6 18a10 10 0 0 1 20 0Z" />
      <path class="logo-water" d="M2 18h28M8.5 23h15M12.5 28h7" />
    </svg>
  );
}
