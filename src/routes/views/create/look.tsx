/** Style, shapes, quality and number of pictures: everything that is chosen by looking. */
import { ChoiceCards } from "../components/choice-cards.tsx";
import { Picture, THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH } from "../components/picture.tsx";
import { typedValue, typedValues } from "../form-values.ts";
import type { Catalogue, FieldErrors, FormValues } from "../model.ts";
import { countOf } from "../words.ts";
import { NO_STYLE } from "./fields.ts";

export interface LookProps {
  catalogue: Catalogue;
  values: FormValues;
  errors: FieldErrors;
}

export function StyleChoice(props: LookProps) {
  return (
    <ChoiceCards
      name="style"
      label="Style"
      layout="styles"
      selected={[typedValue(props.values, "style")]}
      error={props.errors["style"]}
      cards={[
        {
          value: NO_STYLE,
          label: "No particular style",
          figure: <span class="choice-blank">As it comes</span>,
        },
        ...props.catalogue.styles.map((style) => ({
          value: style.key,
          label: style.name,
          figure:
            style.thumbnail === undefined ? (
              <span class="choice-blank">{style.name}</span>
            ) : (
              <Picture src={style.thumbnail} alt="" width={THUMBNAIL_WIDTH} height={THUMBNAIL_HEIGHT} />
            ),
        })),
      ]}
    />
  );
}

export function ShapeChoice(props: LookProps) {
  return (
    <ChoiceCards
      name="shapes"
      label="Shapes"
      hint="Tick every shape that you need. Each one is drawn as a picture of its own."
      layout="shapes"
      several
      selected={typedValues(props.values, "shapes")}
      error={props.errors["shapes"]}
      cards={props.catalogue.shapes.map((shape) => ({
        value: shape.key,
        label: capitalise(shape.use),
        note: shape.key,
        figure: <span class="shape-figure" data-shape={shape.key} />,
      }))}
    />
  );
}

export function QualityChoice(props: LookProps) {
  return (
    <ChoiceCards
      name="quality"
      label="Quality"
      layout="plain"
      selected={[typedValue(props.values, "quality")]}
      error={props.errors["quality"]}
      cards={props.catalogue.qualities.map((quality) => ({
        value: quality.key,
        label: quality.name,
        note: `${countOf(quality.cost, "credit")} a picture`,
        data: { "data-cost": String(quality.cost) },
      }))}
    />
  );
}

export function CountChoice(props: LookProps) {
  const most = props.catalogue.limits.picturesMax;
  const counts = Array.from({ length: most }, (_, index) => String(index + 1));
  return (
    <ChoiceCards
      name="count"
      label="Pictures of each shape"
      hint={`Up to ${countOf(most, "picture")} in one go, all shapes together.`}
      layout="counts"
      selected={[typedValue(props.values, "count")]}
      error={props.errors["count"]}
      cards={counts.map((count) => ({ value: count, label: count }))}
    />
  );
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
