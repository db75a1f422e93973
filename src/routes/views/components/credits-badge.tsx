/** The balance as a small ticket: what can be spent, and what is set aside for pictures in the making. */
import type { Credits } from "../model.ts";
import { countOf, formatNumber } from "../words.ts";

export function CreditsBadge(props: { credits: Credits }) {
  return (
    <span class="credits-badge">
      <span>
        <strong>{formatNumber(props.credits.available)}</strong>{" "}
        <span class="credits-word">{props.credits.available === 1 ? "credit" : "credits"}</span>
      </span>{" "}
      {props.credits.held === 0 ? null : (
        <span class="credits-held" title={`${countOf(props.credits.held, "credit")} set aside`}>
          +{formatNumber(props.credits.held)} <span class="credits-held-words">set aside</span>
        </span>
      )}
    </span>
  );
}
