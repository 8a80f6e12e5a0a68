let context: AudioContext | undefined;

/** Two short, soft tones; silent where the browser forbids sound. */
export function chime(): void {
  try {
    context ??= new AudioContext();
    for (const [delay, frequency] of [
      [0, 660],
      [0.12, 880],
    ] as const) {
      const at = context.currentTime + delay;
      const tone = context.createOscillator();
      const volume = context.createGain();
      tone.frequency.value = frequency;
      volume.gain.setValueAtTime(0.08, at);
      volume.gain.exponentialRampToValueAtTime(0.001, at + 0.25);
      tone.connect(volume).connect(context.destination);
      tone.start(at);
      tone.stop(at + 0.25);
    }
  } catch {
    // No sound is no fault.
  }
}
