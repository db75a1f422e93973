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
    <aside class="order" aria-label="Price" data-available={String(credits.available)}>
      <div class="order-sum">
        <p class="order-line" role="status" data-hook="order-line">
          {orderLine(price, left)}
        </p>
        <p class="order-short" id="order-short" data-hook="order-short" hidden={left >= 0}>
          You have {countOf(credits.available, "credit")}, and this takes{" "}
          <span data-hook="order-cost">{formatNumber(price.cost)}</span>. Take fewer pictures or standard
          quality, or ask an administrator for more credits.
        </p>
        <noscript>
          <p class="order-note">Press Preview to see the price of what you have chosen.</p>
        </noscript>
      </div>
      <div class="order-buttons">
        <Button name="intent" value="preview" icon="eye">
          Preview
        </Button>
        <Button
          kind="primary"
          name="intent"
          value="create"
          hook="create"
          {...(left < 0 ? { describedBy: "order-short" } : {})}
        >
          Create
        </Button>
      </div>
    </aside>
  );
}

function orderLine(price: Price, left: number): string {
  const parts = [countOf(price.pictures, "picture"), countOf(price.cost, "credit")];
  return (left < 0 ? parts : [...parts, `${formatNumber(left)} left`]).join(" · ");
}
