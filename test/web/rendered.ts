import type { ComponentChild, VNode } from 'preact';

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const isNode = (child: unknown): child is VNode<Record<string, unknown>> =>
  typeof child === 'object' && child !== null && 'type' in child && 'props' in child;

/** Virtual nodes as HTML, as a browser would show them. */
export function rendered(child: ComponentChild | ComponentChild[]): string {
  if (Array.isArray(child)) return child.map(rendered).join('');
  if (child === null || child === undefined || typeof child === 'boolean') return '';
  if (!isNode(child)) return escaped(String(child));
  const { children, ...rest } = child.props;
  const attributes = Object.entries(rest).map(
    ([name, value]) => ` ${name}="${escaped(String(value))}"`,
  );
  const inside = rendered(children as ComponentChild);
  return `<${String(child.type)}${attributes.join('')}>${inside}</${String(child.type)}>`;
}

/** All nodes, from the outside in. */
export function nodesOf(
  child: ComponentChild | ComponentChild[],
): VNode<Record<string, unknown>>[] {
  if (Array.isArray(child)) return child.flatMap(nodesOf);
  return isNode(child) ? [child, ...nodesOf(child.props['children'] as ComponentChild)] : [];
}
