import type { PhraseGroup } from './phrase.ts';

/** What sellers and scammers write. */
export const spam: readonly PhraseGroup[] = [
  {
    speaks_for: 'spam',
    weight: 6,
    phrases: `seo, seo audit, backlink*, dofollow, guest post*, sponsored post, link building, first page of google, 1 on google, rank on google, rank higher, ranking on google, platz 1 bei google, google ranking*, domain authority, web traffic, website traffic,
      viagra, cialis, casino*, no prescription, pharmacy, sexy, hot singles, singles in your area, adult content, porn*, xxx, onlyfans, dating site, lottery, inheritance, million dollars, million usd, next of kin, widow of, late minister, beneficiary, barrister,
      dear friend, dear beloved, god bless you, you have been selected, you have won, you've won, you are a winner, claim your, free gift, gift card, win an iphone, click here, click the link, click below, haz clic, cliquez ici, clique aqui, clicca qui, jetzt klicken, 点击这里, 领取,
      from home, work from home and earn, earn money, make money, passive income, crypto trading, crypto investment, bitcoin, forex, binary options, guaranteed returns, double your, get rich, trading signals, gana dinero, ganhe dinheiro, geld verdienen, gagnez de l'argent, guadagna, business loan*, loan at, loans at, we give loans, no collateral, fast approval,
      credit repair, mailbox will be, account will be suspended, verify your account, verify your mailbox, confirm your password, domain expires, domain registration, domain renewal, verified ~ emails, email list*, email database, buy followers, instagram followers, contact me on telegram, whatsapp group, limited offer, limited time offer, act now,
      manufacturer of, we are manufacturer*, our factory, shenzhen, guangzhou, see catalogue, our catalogue, our catalog, data entry, logo design, explainer video*, web design agency, web design company, redesign your, redesign it, website redesign, mobile app development company, lead generation, lead gen,  qualified leads, appointment setting,
      cold email*, dedicated developers, offshore develop*, outsourc*, staff augmentation, virtual assistant*, per hour, our hourly rate*, referencement, posicionamiento web, suchmaschinenoptimierung, vender mais, marketing digital, our fee is`,
  },
  {
    speaks_for: 'spam',
    weight: 4,
    phrases: `companies like yours, businesses like yours, company like yours, business like yours, we help companies, we help businesses, i help, we help saas, boost your, skyrocket, grow your business, scale your, increase your sales, increase your revenue, increase conversion, increase your traffic, more customers for you, 10x your,
      we offer, we're offering, we are offering, we provide, we specialize in, we specialise in, our services include, our services, our agency, our team of experts, nous proposons, ofrecemos, oferecemos, fazemos, wir bieten, offriamo, wir bringen ihre,
      came across your website, visited your website, looking at your website, on your website and noticed, noticed a few, noticed you're not, noticed that your, found your website, found you on linkedin, following up on my previous, did you have a chance to, have you had a chance, worth a chat, quick chat about your, open to a quick, right person to talk to about your, who handles your,
      show you our portfolio, for new customers this month, 20 off, percent off, 100% guarantee*, guaranteed, garantieerte, resultados garantidos, risk free, no obligation, free audit, free consultation, kostenloses erstgesprach, best price*, cheap price*, very low price, low price, kindly give, dear sir, dear madam, save companies, save you up to, ihre website, seu site, votre site, tu sitio web`,
  },
  {
    speaks_for: 'spam',
    weight: 5,
    phrases: `real followers, followers for, likes for, presale, token, airdrop, nft, multiply your money, multiply your, invest now, customs fee, package could not, parcel could not, delivery failed, pay the fee, top talent, recruiting agency, recruitment agency, staffing agency, at half the cost, half the price, build your app, build your website, develop your app, our coders, team of coders, team of developers, our developers can, indian team, indian company, business proposal regarding, confidential business, foreign bank, cut your bill, lower your bill, reduce your costs, electricity supplier, fills your pipeline, fill your pipeline, on autopilot, struggling to get, need more leads, free quote for your, solar panels, merchant cash, tax relief, replica, weight loss, miracle`,
  },
];
