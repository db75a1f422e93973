/** The price of what is being ordered, what will be left, and the two buttons. Figures come from the route. */
import { Button } from "../components/button.tsx";
import type { Credits } from "../model.ts";
import { countOf, formatNumber } from "../words.ts";

/** As computed by the function that charges. */
export interface Price {
  pictures: number;
  cost: number;
}

export interface OrderTicketProps {
  price: Price;
  credits: Credits;
}

export function OrderTicket(props: OrderTicketProps) {
  const { price, credits } = props;
  const left = credits.available - price.cost;
  return (
    <aside
      class="order"
      aria-label="Price"
      data-available={String(credits.available)}
      data-enough={left < 0 ? "no" : "yes"}
    >
      <OrderSum {...props} left={left} />
      <OrderButtons isShort={left < 0} />
    </aside>
  );
}

function OrderSum({ price, credits, left }: OrderTicketProps & { left: number }) {
  return (
    <div class="order-sum">
      <p class="order-line" role="status">
        <span data-hook="order-pictures">{countOf(price.pictures, "picture")}</span>
        <span class="order-dot"> · </span>
        <strong data-hook="order-credits">{countOf(price.cost, "credit")}</strong>
        <span class="order-dot"> · </span>
        <span data-hook="order-left">
          {left < 0 ? `${formatNumber(-left)} too few` : `${formatNumber(left)} left`}
        </span>
      </p>
      <p class="order-short" id="order-short" data-hook="order-short" hidden={left >= 0}>
        You have {countOf(credits.available, "credit")}, and this takes{" "}
        <span data-hook="order-cost">{formatNumber(price.cost)}</span>. Take fewer pictures or standard
        quality, or ask an administrator for more credits.
      </p>
      {/* Shown by the script when the form comes back as it was sent: going on is free, but not unnoticed. */}
      <p class="order-again" id="order-again" role="status" data-hook="order-again" hidden>
        You have sent this very order already. Create makes it once more.
      </p>
      <noscript>
        <p class="order-note">Press Preview to see the price of what you have chosen.</p>
      </noscript>
    </div>
  );
}

function OrderButtons(props: { isShort: boolean }) {
  return (
    <div class="order-buttons">
      <Button name="intent" value="preview" icon="eye">
        Preview
      </Button>
      <Button
        kind="primary"
        name="intent"
        value="create"
        hook="create"
        {...(props.isShort ? { describedBy: "order-short" } : {})}
      >
        Create
      </Button>
    </div>
  );
}
