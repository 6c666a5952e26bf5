/**
 * Reads what the words of these pages use of vue-i18n's format: `{name}`, and `one | many`. The
 * whole of it weighs 7 KB on every page; a test holds that both read each message alike.
 */

import type { MessageContext, MessageFunction } from 'vue-i18n'

type Context = MessageContext<string>
/** Text and names by turns, text first. */
type Parts = readonly string[]

const compiled = new Map<string, MessageFunction<string>>()

export function compileMessage(source: string): MessageFunction<string> {
  let message = compiled.get(source)
  if (message === undefined) compiled.set(source, (message = compile(source)))
  return message
}

function compile(source: string): MessageFunction<string> {
  const texts = source.split('|')
  if (texts.length === 1) {
    const only = parts(source)
    return (context: Context) => fill(only, context)
  }
  const cases = texts.map((text) => parts(text.trim()))
  return (context: Context) => context.plural(cases.map((of) => fill(of, context)))
}

const parts = (text: string): Parts => text.split(/\{(\w+)\}/)

function fill(of: Parts, context: Context): string {
  return of.map((part, place) => (place % 2 === 0 ? part : String(context.named(part) ?? ''))).join('')
}
