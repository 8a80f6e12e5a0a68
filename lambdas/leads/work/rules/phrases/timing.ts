import type { PhraseGroup } from './phrase.ts';

/** What says how soon, how large and how serious it is, whatever it is about. */
export const timing: readonly PhraseGroup[] = [
  {
    speaks_for: 'P0',
    weight: 3,
    signal: 'urgent',
    phrases: `urgent*, asap, as soon as possible, as soon as you can, as soon as you are able, immediate*, right away, right now, straight away, this minute, this instant, within the hour, within an hour, in an hour, in the next hour, in the next ~ minutes, in the next ~ hours, within ~ hours, within ~ hour, in ~ hours, in ~ minutes, today, tonight, this afternoon, end of day, eod, by noon, me now, us now, it now, now please, need ~ now, this now, at once, instantly,
      emergency, critical, hurry, time sensitive, top priority, high priority, need it yesterday, time critical, drop everything, quickly, dringend*, sofort*, umgehend, eilig*, eilt, heute, so schnell wie moglich, schnellstmoglich, asap, notfall, urgente*, urgencia, hoy, hoy mismo, cuanto antes, lo antes posible, inmediat*, ahora mismo, emergencia,
      en urgence, urgence, au plus vite, des que possible, immediatement, aujourd'hui, tout de suite, le plus vite possible, hoje, o mais rapido possivel, imediat*, agora mesmo, o quanto antes, oggi, subito, il prima possibile, immediat*, urgenza, al piu presto, срочно, сегодня, 緊急, 至急, 紧急, 今日, 今天, عاجل, اليوم, spoed, dringend, pilne, acil`,
  },
  {
    speaks_for: 'P1',
    weight: 2,
    signal: 'soon',
    phrases: `tomorrow, before thursday, by mid week, in ten days, in nine days, in eight days, before the weekend, next ~ monday, next ~ wednesday, start monday, start on monday, on the first of, first of the month, until the ~ th, need to decide, this friday, this week, next week, by monday, by tuesday, by wednesday, by thursday, by friday, by saturday, by sunday, before monday, before tuesday, before wednesday, before thursday, before friday, until friday, until monday, on monday, on tuesday, on wednesday, on thursday, on friday, next monday, next tuesday, next wednesday, next thursday, next friday, this friday, this thursday,
      fortnight, in a fortnight, next few weeks, few weeks, end of the week, end of this week, end of next week, end of week, eow, end of the month, end of month, end of this month, this month, in ~ days, within ~ days, in two weeks, in a week, within a week, within two weeks, within the week, in the next few days, next few days, couple of days, deadline, by then, coming days, due in, before december, month end, ends on, by the end of,
      bis morgen, bis nachsten, bis kommenden, bis zum, in zehn tagen, kommende woche, am montag, am dienstag, am mittwoch, morgen, diese woche, nachste woche, bis freitag, bis montag, bis dienstag, bis mittwoch, bis donnerstag, ende der woche, ende des monats, bis monatsende, manana, antes del jueves, antes del miercoles, el lunes que viene, el lunes, el martes, el jueves, esta semana, la proxima semana, antes del viernes, antes del lunes, para el viernes, para el lunes, el viernes, fin de mes, demain, avant jeudi, avant lundi, sous ~ jours, lundi prochain, cette semaine, la semaine prochaine, d'ici vendredi, avant vendredi, pour vendredi, d'ici lundi, fin du mois,
      amanha, esta semana, na proxima semana, proxima semana, ate sexta, ate segunda, ate quinta, fim do mes, domani, questa settimana, la prossima settimana, entro venerdi, entro lunedi, fine mese, завтра, 明日, 明天, 来週, 下周`,
  },
  {
    speaks_for: 'P3',
    weight: 3,
    signal: 'calm',
    phrases: `not urgent, isn't urgent, it can wait, can wait, when you find a minute, when you find time, somebody has time, someone has time, anybody has time, no timeline, no deadline, in two years, in three years, next summer at the earliest, long way off, not before next year, not this quarter, at some stage, just want a rough idea, only gathering, just gathering, years from now, a hobby, pas pour tout de suite, rien d'urgent, fruhestens nachstes jahr, kein eile, geen haast, volgend jahr, volgend jaar, for my file, for the file, isn't pressing, not pressing, university assignment, assignment, school project, course work, homework, non urgent, nothing urgent, no rush, no hurry, not in a hurry, not in a rush, no need to hurry, no need to rush, in no hurry, in no rush, no urgency, not time sensitive, no pressure, whenever you, when you have time, when you have a moment, when you get a chance, at some point, some day, someday, one day, no big deal, low priority, small thing, take your time, for later, in the future, eventually, couple of years, few years, year after next, maybe later, no particular,
      next year, in a year, in 12 months, in six months, not this year, later this year, until 2027, until 2028, until 2029, just looking, looking around, just browsing, browsing, just curious, curious what, just exploring, window shopping, not ready, not buying, not yet,  just planning, only planning,  for now, student, thesis, my studies, can't afford, no budget,  at your convenience, at your leisure, 
      nicht dringend, nicht eilig, keine eile, eilt nicht, hat zeit, nachstes jahr, irgendwann, in ruhe, kein stress, no es urgente, sin prisa, no hay prisa, no corre prisa, proximo ano, el ano que viene, mas adelante, pas urgent, rien d'urgent, pas presse*, rien ne presse, l'annee prochaine, plus tard, sans urgence, nao e urgente, sem pressa, nao ha pressa, proximo ano, ano que vem, mais tarde,
      non e urgente, nessuna fretta, senza fretta, non c'e fretta, prossimo anno, l'anno prossimo, con calma, piu avanti, не срочно, 急がない`,
  },
  {
    speaks_for: 'P1',
    weight: 2,
    signal: 'budget',
    phrases: `budget approved, purchase approved, purchase was approved, approved the purchase, approved the money, approved the spend, money is there, money is available, money is set aside, funds are, funds available, go ahead from, said yes, gave the go ahead, got the go ahead, have the go ahead, the board approved, approved by the board, approved by management, cleared by finance, finance has cleared, legal has cleared, legal cleared, legal has seen, decided to go with you, decided for you, geld ist da, chef hat ja gesagt, grunes licht, freigabe, freigegeben, visto bueno, luz verde, tenemos aprobacion, feu vert, accord de la direction, aprovou a compra, aprovou ~ orcamento, aprovado pela, abbiamo l'approvazione, via libera, budget is approved, budget ~ approved, approved budget, approved the budget, approved ~ budget, have budget, have the budget, have a budget, budget is there, budget is available, budget line, budget allocated, budget of, budget ready, funding approved, funds approved, signed off, sign off from, signed it off, green light, released the money, money approved, finance approved, management approved, management has ~ agreed, approval from, cfo approved, ceo approved, got approval,
      budget ist freigegeben, budget freigegeben, budget steht, budget genehmigt, budget ist ~ genehmigt, presupuesto aprobado, presupuesto ~ aprobado, presupuesto esta aprobado, budget valide, budget est valide, budget approuve, budget est approuve, orcamento aprovado, orcamento ~ aprovado, verba aprovada, budget approvato, budget e ~ approvato, budget gia approvato`,
  },
  {
    speaks_for: 'P1',
    weight: 2,
    signal: 'many',
    phrases:
      'enterprise quote, whole company, entire company, company wide, companywide, across all,  hundreds of, thousands of employees, global rollout,  head of procurement',
  },
  {
    speaks_for: 'P2',
    weight: 1,
    signal: 'in_writing',
    phrases:
      "by email, an email will do, do not phone, don't phone, mail it, no call, no sales calls, please write, by letter, in written form, keep it to email, not by phone, keine anrufe, sin llamadas, pas d'appel, by mail, via email, per email, by e mail, in writing, don't call, do not call, no calls, no phone calls, please email, email me, rather not talk, prefer email, per mail, schriftlich, nicht anrufen, por correo, por email, par mail, par email, par courriel, por e mail, via mail, via email",
  },
  {
    speaks_for: 'P2',
    weight: 1,
    signal: 'integration',
    phrases:
      'integrat*, api, connector, hubspot, salesforce, zendesk, sap, shopify, zapier, slack, webhook*, schnittstelle*, integracion, integration, integracao, integrazione',
  },
];
