/**
 * Twilio's connection overrides for a webhook, as the fragment of its URL: it is tried twice more when no connection is
 * made, no answer comes within six seconds, or a 5xx does; all within Twilio's 15 seconds.
 */
export const connectionOverrides = '#rc=2&rp=5xx,ct,rt&rt=6000';
