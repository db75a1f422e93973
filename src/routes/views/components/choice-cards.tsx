/** Answers that are better seen than read: a group of cards, each a radio button or a checkbox. */
import type { Child } from "hono/jsx";
import { FieldError } from "./field-error.tsx";
import { describedBy, fieldId } from "./field-ids.ts";

export interface ChoiceCard {
  value: string;
  label: string;
  /** What is to be seen on the card. */
  figure?: Child;
  note?: Child;
  /** Facts for the page's script, as data attributes. */
  data?: Readonly<Record<`data-${string}`, string>>;
}

export interface ChoiceCardsProps {
  name: string;
  label: string;
  hint?: Child;
  error?: string | undefined;
  /** Several answers may be ticked. */
  several?: boolean;
  selected: readonly string[];
  cards: readonly ChoiceCard[];
  /** Which arrangement of cards: see the style sheet. */
  layout: "styles" | "shapes" | "plain" | "counts";
}

export function ChoiceCards(props: ChoiceCardsProps) {
  const id = fieldId(props.name);
  return (
    <fieldset
      class="field"
      id={id}
      tabindex={-1}
      aria-describedby={describedBy(props.name, { hint: props.hint, error: props.error })}
    >
      <legend class="label">{props.label}</legend>
      {props.hint === undefined ? null : (
        <p class="hint" id={`${id}-hint`}>
          {props.hint}
        </p>
      )}
      <div class={`choice-cards choice-cards-${props.layout}`}>
        {props.cards.map((card) => CardChoice(props, card))}
      </div>
      <FieldError name={props.name} message={props.error} />
    </fieldset>
  );
}

function CardChoice(props: ChoiceCardsProps, card: ChoiceCard) {
  return (
    <label class="choice-card">
      <input
        class="choice-input"
        type={props.several === true ? "checkbox" : "radio"}
        name={props.name}
        value={card.value}
        checked={props.selected.includes(card.value)}
        aria-invalid={props.error === undefined ? undefined : "true"}
        {...card.data}
      />
      {card.figure === undefined ? null : <span class="choice-figure">{card.figure}</span>}
      <span class="choice-name">{card.label}</span>
      {card.note === undefined ? null : <span class="choice-note">{card.note}</span>}
    </label>
  );
}
