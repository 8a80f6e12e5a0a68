import { describe, expect, it } from 'vitest';
import { automaticIn } from '../../../lambdas/leads/work/rules/automatic.ts';
import { writtenIn } from '../../../lambdas/leads/work/rules/written.ts';
import { classify } from '../../../lambdas/leads/work/rules.ts';

const own = 'Own words: what does it cost for five people?';
const theirs = 'URGENT: 50 seats immediately, call now, everything is down';

/** What is left of a note, without the blanks in place of the rest. */
const left = (note: string): string => writtenIn(note).replaceAll(/\s+/g, ' ').trim();

describe('what a lead did not write', () => {
  it.each([
    ['quoted lines', `${own}\n\n> ${theirs}\n>> ${theirs}`],
    [
      'a quote above the answer',
      `On 3 March 2026, Ann <ann@example.org> wrote:\n> ${theirs}\n\n${own}`,
    ],
    ['an English quote', `${own}\n\nOn Tue, 3 Mar 2026 at 10:02, Ann wrote:\n${theirs}`],
    ['a German one', `${own}\n\nAm 03.03.2026 um 10:02 schrieb Ann <ann@example.org>:\n${theirs}`],
    ['a French one', `${own}\n\nLe mar. 3 mars 2026 à 10:02, Ann a écrit :\n${theirs}`],
    ['a Spanish one', `${own}\n\nEl mar, 3 mar 2026 a las 10:02, Ann escribió:\n${theirs}`],
    ['a Portuguese one', `${own}\n\nEm ter., 3 de mar. de 2026, Ann escreveu:\n${theirs}`],
    ['an Italian one', `${own}\n\nIl giorno mar 3 mar 2026 Ann ha scritto:\n${theirs}`],
    ['a Dutch one', `${own}\n\nOp di 3 mrt 2026 om 10:02 schreef Ann:\n${theirs}`],
    ['a Polish one', `${own}\n\nwt., 3 mar 2026 o 10:02 Ann napisał(a):\n${theirs}`],
    ['a Swedish one', `${own}\n\nDen tis 3 mars 2026 kl 10:02 skrev Ann:\n${theirs}`],
    [
      'a Russian one',
      `${own}\n\nвт, 3 мар. 2026 г. в 10:02, Ann <a@example.org> написал(а):\n${theirs}`,
    ],
    ['a Chinese one', `${own}\n\nAnn <a@example.org> 于2026年3月3日 写道：\n${theirs}`],
    ['a Japanese one', `${own}\n\n2026年3月3日 Ann <a@example.org> のメール:\n${theirs}`],
    ['a quote in the same line', `${own} On Tue, 3 Mar 2026 Ann wrote: ${theirs}`],
    [
      'Outlook’s history',
      `${own}\n\n-----Original Message-----\nFrom: Ann\nSent: Monday\n\n${theirs}`,
    ],
    [
      'Outlook’s in German',
      `${own}\n\nVon: Ann\nGesendet: Montag\nAn: Bob\nBetreff: Angebot\n\n${theirs}`,
    ],
    [
      'Outlook’s in French',
      `${own}\n\nDe : Ann\nEnvoyé : lundi\nÀ : Bob\nObjet : devis\n\n${theirs}`,
    ],
    ['Outlook’s in Chinese', `${own}\n\n发件人: Ann\n发送时间: 周一\n\n${theirs}`],
    [
      'a forwarded mail',
      `${own}\n\n---------- Forwarded message ---------\nFrom: Ann\n\n${theirs}`,
    ],
    ['a forwarded one of Apple', `${own}\n\nBegin forwarded message:\n\nFrom: Ann\n\n${theirs}`],
    ['a signature', `${own}\n-- \nAnn Smith\n${theirs}`],
    ['what is below a goodbye', `${own}\n\nKind regards,\nAnn Smith\nHead of Sales\n${theirs}`],
    ['below a German goodbye', `${own}\n\nMit freundlichen Grüßen\nAnn\n${theirs}`],
    ['below a French goodbye', `${own}\n\nCordialement,\nAnn\n${theirs}`],
    ['below a Spanish goodbye', `${own}\n\nUn saludo,\nAnn\n${theirs}`],
    ['below a Russian goodbye', `${own}\n\nС уважением,\nАнна\n${theirs}`],
    ['a telephone’s line', `${own}\n\nSent from my iPhone`],
    ['a telephone’s German line', `${own}\n\nVon meinem iPhone gesendet`],
    [
      'a lawyer’s footer',
      `${own}\n\nThis message is confidential and intended solely for URGENT use.`,
    ],
  ])('is taken off: %s', (_, note) => {
    expect(left(note)).toBe(own);
    expect(classify(note)).toMatchObject({ intent: 'buy', priority: 'P2', next_action: 'email' });
  });

  it.each([
    ['a postscript', `${own}\n\nRegards,\nAnn\n\nPS: It is urgent.`, `${own} PS: It is urgent.`],
    ['text between quotes', `> first?\nYes.\n> and then?\n${own}`, `Yes. ${own}`],
    ['a note that begins with a list', `From: Leeds\n${own}`, `From: Leeds ${own}`],
    ['a greeting that stands first', `Best wishes\n${own}`, `Best wishes ${own}`],
    [
      'what a forwarding lead hands on',
      'Fwd: seats\n\nSee below!\n> price for 9?',
      'See below! price for 9?',
    ],
    ['a quote with nothing else', '> what does it cost?', 'what does it cost?'],
  ])('is not %s', (_, note, kept) => {
    expect(left(note)).toBe(kept);
  });

  it('leaves each word where it stands in the note', () => {
    const note = `> ${theirs}\n\n${own}`;

    expect(writtenIn(note)).toHaveLength(note.length);
    expect(writtenIn(note).indexOf(own)).toBe(note.indexOf(own));
    expect(classify(note).explanation.map(({ phrase }) => phrase)).not.toContain('URGENT');
  });
});

describe('a note that nobody wrote', () => {
  it.each([
    'Out of office: I am back on Monday. If it is urgent, call +49 30 1234.',
    'Thank you for your mail. I am currently out of the office and return on 2 May.',
    'Automatic reply: 50 seats needed today!',
    'This mailbox is no longer monitored.',
    'Abwesenheitsnotiz: Ich bin bis 5. Mai nicht im Büro. In dringenden Fällen rufen Sie bitte an.',
    'Ich bin derzeit im Urlaub und lese keine E-Mails.',
    'Réponse automatique : je suis en congés jusqu’au 5 mai.',
    'Respuesta automática: estaré fuera de la oficina. Si es urgente, llame.',
    'Resposta automática: estou de férias até 5 de maio.',
    'Risposta automatica: sono in ferie fino al 5 maggio.',
    'Automatisch antwoord: ik ben op vakantie.',
    'Odpowiedź automatyczna: jestem na urlopie.',
    'Автоответ: я в отпуске до 5 мая.',
    '自动回复：我正在休假，紧急情况请致电。',
    '自動返信：ただいま休暇中です。',
    '자동 회신: 휴가 중입니다.',
    'رد تلقائي: أنا خارج المكتب',
    'מענה אוטומטי: אני בחופשה',
    'Mail delivery failed: returning message to sender',
    'Undeliverable: Quote for 50 users today',
    'Delivery Status Notification (Failure)\n550 5.1.1 user unknown',
    'Your message to sales@example.org could not be delivered. Subject: "Can you call me today?"',
    'Ihre Nachricht an info@example.org konnte nicht zugestellt werden.',
    'Votre message n’a pas pu être remis à son destinataire.',
    'No se pudo entregar: su mensaje no se pudo entregar a ventas@example.org',
    'Сообщение не доставлено: ящик переполнен',
    '您的邮件被退回：用户不存在',
  ])('waits for nobody: %s', (note) => {
    const { explanation, ...judgement } = classify(note);

    expect(judgement).toMatchObject({
      intent: 'other',
      priority: 'P3',
      next_action: 'ignore',
      tags: ['automatic'],
    });
    expect(note).toContain(explanation[0]?.phrase);
  });

  it.each([
    'I was out of office last week, sorry. Could you send the quote for 30 seats?',
    'I am out of the office until Monday, but we need pricing for 20 seats by Friday.',
    'Does your bot send an automatic reply at night? We are 8 people.',
    'Our emails to Gmail customers could not be delivered since Monday.',
    '電話自動応答を試してみたいです。',
    '¿Tienen respuesta automática para WhatsApp?',
  ])('is none of a person who only speaks of it: %s', (note) => {
    expect(automaticIn(writtenIn(note))).toBeUndefined();
  });
});
