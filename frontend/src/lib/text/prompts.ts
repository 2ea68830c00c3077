interface Prompt {
  text: string;
  system?: string;
}

/** What choosing a prompt changes. A system prompt the person wrote stays; one that came with another prompt of the library goes. */
export function choiceOf(prompt: Prompt, system: string, library: readonly Prompt[]): { prompt: string; system?: string } {
  if (prompt.system) return { prompt: prompt.text, system: prompt.system };
  const borrowed = system !== '' && library.some((other) => other.system === system);
  return borrowed ? { prompt: prompt.text, system: '' } : { prompt: prompt.text };
}

/** A name that is not taken yet. */
export function freeName(name: string, taken: readonly string[]): string {
  let free = name;
  for (let n = 2; taken.includes(free); n++) free = `${name} ${n}`;
  return free;
}
