// A loss, an optimizer, a schedule or a metric: a frozen value made by a call; name and options are its JSON, the functions stand beside them.
export interface Strategy<Name extends string = string> {
  readonly name: Name;
  readonly options: object;
}
