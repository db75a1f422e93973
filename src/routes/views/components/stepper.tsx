/** The steps of a longer piece of work: which are behind, which one is on, which are to come. */

export interface StepperProps {
  label: string;
  steps: readonly { key: string; name: string }[];
  /** The key of the step that is on. A key that is not in the list marks none. */
  current: string;
}

export function Stepper(props: StepperProps) {
  const at = props.steps.findIndex((step) => step.key === props.current);
  return (
    <ol class="stepper" aria-label={props.label}>
      {props.steps.map((step, index) => (
        <li
          class={`step ${stateOf(index, at)}`}
          data-step={step.key}
          aria-current={index === at ? "step" : undefined}
        >
          <span class="step-name">{step.name}</span>
        </li>
      ))}
    </ol>
  );
}

function stateOf(index: number, at: number): "step-done" | "step-on" | "step-ahead" {
  if (index < at) return "step-done";
  return index === at ? "step-on" : "step-ahead";
}
