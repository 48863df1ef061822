/** Skip a component's redraw while its properties are equal. Preact keeps this in its compat layer, which is larger. */
import { Component, h, type ComponentType } from 'preact';

export function memo<P extends object>(
  Inner: (props: P) => ReturnType<typeof h> | null,
  equal: (a: P, b: P) => boolean,
): ComponentType<P> {
  return class Memo extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      return !equal(this.props as P, next as P);
    }

    override render() {
      return h(Inner as ComponentType<P>, this.props as P);
    }
  };
}
