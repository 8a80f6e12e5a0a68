import type { PhraseGroup } from './phrase.ts';

/** What those write who would work beside us. */
export const partner: readonly PhraseGroup[] = [
  {
    speaks_for: 'partner',
    weight: 4,
    phrases: `reseller*, resell*, resale, distributor*, distribute your, carry your product, partner program*, partnership program*, become a partner, become an authori*, become partners, channel partner, partner with you, partnering, integration partner, technology partner,
      solution partner, implementation partner, system integrator, white label*, whitelabel*, oem, affiliate*, referral program*, referral partner, joint venture,  co marketing, comarketing, co host, technical partnership, strategic partnership,
      sponsor*, keynote, speak at our, speaker at, on our show, podcast, venture fund, venture capital, vc fund, vc firm, next round, funding round, series a, series b, invest in companies, invest in your, investor*, investment in your, angel investor,
      acquire your company, acquisition, your api ~ our, integration between, connector to, connector for, list your product, marketplace listing, 
      wiederverkauf*, weiterverkauf*, vertriebspartner*, systemhaus, partnerprogramm, partnerschaft, kooperation, distribuidor*, revendedor*, revendedores, socios, alianza, colaboracion, revendeur*, revendre, distributeur*, partenariat, partenaire*,
      parceiro*, parceria, rivenditor*, rivendere, collaborazione, distributore, partnership con`,
  },
  {
    speaks_for: 'partner',
    weight: 1.5,
    phrases:
      'partner*, partnership*, synerg*, collaborat*, cooperat*, alliance, our platform ~ your, work together, join forces',
  },
  {
    speaks_for: 'partner',
    weight: 4,
    signal: 'press',
    phrases: `journalist, reporter, press inquiry, press enquiry, press request, press kit,  magazine, newspaper,  interview your, interview with your, quote from your, give me a quote, give us a quote for our article, ceo give, comment for, for our article, writing an article, writing a story, writing on,
      writing a piece, editor at, radio,  pressanfrage, journalistin, periodista, entrevista con su, journaliste, jornalista, giornalista, analyst firm`,
  },
  {
    speaks_for: 'partner',
    weight: 3,
    phrases: `commission*, commissions, provision*, referral fee, refer our clients, refer clients, refer customers, our clients ask, my clients ask, clients ask for, recommend you to, recommend your, pitching your, bundle your, bundle it, alongside ours, with ours, do something together, team up, on your side, raising money, raising capital, portfolio company, due diligence on, present at, presenting at, speaker for, speakers for, our conference, our event, our summit, trade show, our booth, our podcast, our readers, our audience, feature on, news story`,
  },
];

/** What those write who would work for us. */
export const job: readonly PhraseGroup[] = [
  {
    speaks_for: 'job',
    weight: 4,
    phrases: `resume attached, my resume, my cv, cv attached, cv, curriculum vitae, curriculum, cover letter, job opening*, job opportunit*, open position*, open role*, open vacanc*, vacanc*, position open, position still open, position of, position as, the position in, sales position, are you hiring, hiring, we're hiring, you hiring, internship*, intern,
      apprenticeship, job application, my application for, apply for, applying for, applied for, i applied, applied ~ ago, candidate for, join your team, joining your team, join your company, work for you, work for your company, working for you, work at your, looking for new opportunities, looking for a job, looking for work,
      seeking a position, seeking a role, need job, need a job, any work, job please, any jobs, jobs available, career*, work permit, salary range, years of experience, my portfolio,  job interview,  recruiter for my, entry level,
      bewerb*, bewerbung*, stelle als, offene stelle*, stellenanzeige, praktikum, werkstudent*, ausbildung*, lebenslauf, curriculo, mi curriculum, vacante*, empleo, trabajo en su, practicas, stage de fin, stagiaire, cherche un stage, candidature, postuler, offre d'emploi, lettre de motivation, alternance,
      vaga*, vagas, emprego, estagio, candidatar*, candidarmi, candidatura, posizione di, tirocinio, lavorare con voi, lavoro presso, 求职, 简历, 応募, резюме, вакансии, вакансия`,
  },
  {
    speaks_for: 'job',
    weight: 1,
    phrases:
      'developer with, engineer with, designer looking, i am a developer, graduate, remotely, portfolio, interview, salary, job, jobs, role',
  },
  {
    speaks_for: 'job',
    weight: 3,
    phrases: `apprentice*, trainee*, graduate program*, summer job, part time job, full time job, freelance work, any openings, any opening, openings, job offer, job search, my application, application and certificates, certificates attached, unsolicited application, join you as, work as a, employ me, hire me, next challenge, career change, busco trabajo, busco empleo, suche arbeit, suche einen job, suche eine stelle, suche job, cherche un emploi, cherche du travail, recherche un poste, procuro emprego, procuro trabalho, cerco lavoro`,
  },
];
