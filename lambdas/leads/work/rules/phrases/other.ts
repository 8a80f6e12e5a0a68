import type { PhraseGroup } from './phrase.ts';

/** What those write who want none of the rest. */
export const other: readonly PhraseGroup[] = [
  {
    speaks_for: 'other',
    weight: 5,
    signal: 'legal',
    phrases: `gdpr, dsgvo, rgpd, lgpd, ccpa, data subject, right to be forgotten, right of access, my personal data, personal data, data you hold, delete ~ my data, delete my data, our lawyers, my lawyer, our lawyer, legal notice, formal notice, cease and desist, subpoena, copyright infringement, trademark, dmca, data protection officer, datenschutz*, personenbezogen*, proteccion de datos, donnees personnelles, dados pessoais, dati personali`,
  },
  {
    speaks_for: 'other',
    weight: 6,
    signal: 'security',
    phrases:
      'security researcher, vulnerabilit*, xss, sql injection, bug bounty, responsible disclosure, security hole, security flaw, security issue, csrf, rce, sicherheitslucke*, vulnerabilidad*, faille de securite, vulnerabilita',
  },
  {
    speaks_for: 'other',
    weight: 4,
    signal: 'suggestion',
    phrases:
      'typo, spelling mistake, broken link on your, just an idea, suggestion, suggest, would be nice if, would be great if, would be cool if, feature request, feedback, small idea,   have you thought about, vorschlag, sugerencia, suggestion, sugestao, suggerimento',
  },
  {
    speaks_for: 'other',
    weight: 5,
    signal: 'closed',
    phrases: `not interested, no longer interested, no interest, unsubscribe*, remove me, take me off, stop contacting, stop emailing, stop calling, stop sending, don't contact, do not contact, went with somebody else, went with someone else, went with another, wrong form, wrong person, wrong number, wrong address, please ignore, ignore this, just testing, testing the form, test message, this is a test,
      just wanted to say, happy new year, merry christmas, happy holidays, frohe weihnachten, feliz navidad, joyeux noel, kein interesse, no me interesa, no estoy interesad*, pas interesse*, nao tenho interesse, non sono interessat*,  abmelden, darme de baja de la lista, desinscrire`,
  },
  {
    speaks_for: 'other',
    weight: 2,
    signal: 'closed',
    phrases:
      'thanks for the, thank you for the, thank you so much for, nice talk, great talk, great webinar, great post, great article, well done, congrats, congratulations on your, keep up the good work, danke fur, vielen dank fur, gracias por, merci pour, obrigado por, obrigado pela, grazie per, test',
  },
  {
    speaks_for: 'other',
    weight: 3,
    signal: 'about_us',
    phrases:
      "school project, phd, survey, questionnaire, out of curiosity, asking out of curiosity, founded, where is your office, have an office in, office in, your newsletter, your blog, blog post, recording of, last week's webinar, webinar, opening hours, what are your hours,  homework,     express delivery",
  },
  {
    speaks_for: 'other',
    weight: 4,
    signal: 'closed',
    phrases: `never mind, nevermind, found it, solved it, already solved, sorted now, please disregard, disregard, sent by mistake, by mistake, leave me alone, no reply needed, lovely meeting, nice meeting you, nice to meet, great meeting, good to meet, lol, haha`,
  },
  {
    speaks_for: 'other',
    weight: 5,
    signal: 'security',
    phrases:
      'publicly readable, publicly accessible, your security team, exposed bucket, open bucket, leaked credentials of your, exploit, proof of concept exploit, pentest, disclose a',
  },
];
