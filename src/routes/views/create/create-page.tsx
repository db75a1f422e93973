/**
 * The second step: the form. It works as a plain form; scripts/create.js adds the live price, validation
 * while typing, and previews without loading the page again. Field names: fields.ts.
 */
import type { Child } from "hono/jsx";
import { CREATE } from "../addresses.ts";
import { Button } from "../components/button.tsx";
import { ErrorSummary } from "../components/error-summary.tsx";
import { NumberField, SelectField, TextArea } from "../components/field.tsx";
import { FieldErrorTemplate } from "../components/field-error.tsx";
import { PageHeader } from "../components/page-header.tsx";
import { typedValue } from "../form-values.ts";
import { Page } from "../layout.tsx";
import type { Catalogue, Credits, EventType, FieldErrors, FormValues, Frame } from "../model.ts";

import { answerName, editedPromptOf } from "./fields.ts";
import { CountChoice, QualityChoice, ShapeChoice, StyleChoice } from "./look.tsx";
import { OrderTicket, type Price } from "./order-ticket.tsx";
import { type Preview, PreviewPanel } from "./preview.tsx";
import { Questions } from "./questions.tsx";

export interface CreatePageProps {
  frame: Frame;
  catalogue: Catalogue;
  eventType: EventType;
  values: FormValues;
  errors: FieldErrors;
  /** A sentence that belongs to no field: too few credits, creating is switched off. */
  detail?: string | undefined;
  credits: Credits;
  price: Price;
  /** The same until the brief is accepted, so that sending twice makes it once. */
  idempotencyKey: string;
  preview: Preview | null;
}

const SHORT_TEXT_ROWS = 3;

export function CreatePage(props: CreatePageProps) {
  const { catalogue, eventType, values, errors } = props;
  const title = `Create: ${eventType.name}`;
  return (
    <Page {...props.frame} title={title} current="create" look="create" script="create">
      <form
        class="create"
        id="create-form"
        method="post"
        action={CREATE}
        data-pictures-max={String(catalogue.limits.picturesMax)}
      >
        <input type="hidden" name="eventType" value={eventType.key} />
        <input type="hidden" name="idempotencyKey" value={props.idempotencyKey} />
        <div>
          {/* Enter in a text field presses the first button of a form: it must be a harmless one. */}
          <button class="early-preview" type="submit" name="intent" value="preview">
            Preview what is filled in so far
          </button>
          <PageHeader title={eventType.name} lead="Only what is marked “needed” has to be filled in." />
          <ErrorSummary errors={errors} detail={props.detail} labels={labelsOf(eventType)} />
          <SwitchType catalogue={catalogue} eventType={eventType} />
          <FormPart title="The occasion">
            <Questions
              eventType={eventType}
              values={values}
              errors={errors}
              otherCharacters={catalogue.limits.otherMaxCharacters}
            />
          </FormPart>
          <Wording {...props} />
          <FormPart title="The look">
            <StyleChoice catalogue={catalogue} values={values} errors={errors} />
            <ShapeChoice catalogue={catalogue} values={values} errors={errors} />
            <CountChoice catalogue={catalogue} values={values} errors={errors} />
            <QualityChoice catalogue={catalogue} values={values} errors={errors} />
            <Seed {...props} />
          </FormPart>
          <PreviewPart {...props} />
        </div>
        <OrderTicket price={props.price} credits={props.credits} />
        <FieldErrorTemplate />
      </form>
    </Page>
  );
}

function FormPart(props: { title: string; children: Child }) {
  return (
    <section class="form-part">
      <h2>{props.title}</h2>
      {props.children}
    </section>
  );
}

/** Without a preview, a prompt that the person has edited is still there: nothing typed gets lost. */
function PreviewPart(props: CreatePageProps) {
  const { values, errors, catalogue } = props;
  const edited = editedPromptOf(values);
  const kept =
    edited === null ? null : { prompt: edited, builtPrompt: typedValue(values, "builtPrompt"), pictures: [] };
  const preview = props.preview ?? kept;
  return preview === null ? null : (
    <PreviewPanel preview={preview} limits={catalogue.limits} errors={errors} />
  );
}

function SwitchType(props: { catalogue: Catalogue; eventType: EventType }) {
  return (
    <details class="switch-type">
      <summary>Something else?</summary>
      <div class="switch-type-form">
        <SelectField
          name="switchTo"
          label="Another kind of event"
          value={props.eventType.key}
          options={props.catalogue.eventTypes.map((type) => ({ value: type.key, label: type.name }))}
        />
        <Button name="intent" value="switch" skipValidation>
          Switch and keep my answers
        </Button>
      </div>
    </details>
  );
}

function Wording(props: CreatePageProps) {
  const { values, errors, catalogue } = props;
  return (
    <FormPart title="The words">
      <TextArea
        name="text"
        label="Exact text on the picture"
        hint="A headline, a date, a place: one to a line. Leave it empty for a picture without any lettering."
        rows={SHORT_TEXT_ROWS}
        maxLength={catalogue.limits.textMaxCharacters}
        value={typedValue(values, "text")}
        error={errors["text"]}
      />
      <TextArea
        name="details"
        label="Anything else"
        hint="What should be in the picture that nobody asked about? This is not written on it."
        rows={SHORT_TEXT_ROWS}
        maxLength={catalogue.limits.detailsMaxCharacters}
        value={typedValue(values, "details")}
        error={errors["details"]}
      />
    </FormPart>
  );
}

function Seed(props: CreatePageProps) {
  const value = typedValue(props.values, "seed");
  const error = props.errors["seed"];
  return (
    <details class="seed" open={value !== "" || "seed" in props.errors}>
      <summary>For the particular: the seed</summary>
      <NumberField
        name="seed"
        label="Seed"
        hint="The same seed with the same prompt gives nearly the same picture. Leave it empty for chance."
        min={0}
        max={props.catalogue.limits.seedMax}
        value={value}
        error={error}
      />
    </details>
  );
}

function labelsOf(eventType: EventType): Record<string, string> {
  const questions = eventType.questions.map(
    (question) => [answerName(question.key), question.label] as const,
  );
  return {
    ...Object.fromEntries(questions),
    text: "Exact text",
    details: "Anything else",
    style: "Style",
    shapes: "Shapes",
    count: "Pictures of each shape",
    quality: "Quality",
    seed: "Seed",
    prompt: "Prompt",
  };
}
