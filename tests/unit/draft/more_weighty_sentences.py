"""More sentences and the priorities that they tell: constructions, denials, comparisons, orders."""

SENTENCES = """
    Customer service chatbot for 500 users, response time is critical | L=high
    We need code completion for a team of 300 developers, quality over cost, on H100s | A=high C=low
    Latency is a non-issue, just get the answers right | L=low A=high
    Cost is the main driver for this pilot | C=high
    Expense be damned, we want the smartest thing available | C=low A=high
    We want top answers at any price | A=high C=low
    Money isn't a constraint for the trading desk; every millisecond counts | C=low L=high
    Every keystroke counts in our IDE plugin | L=high
    Hauptsache richtig, Zeit haben wir genug | A=high L=low
    Fiabilité maximale, le budget suivra | A=high C=low
    There is nobody technical to run it | X=high
    We don't care how long it takes. Top quality. | L=low A=high
    Use whatever is cheapest | C=high
    Fehler sind nicht akzeptabel | A=high
    RAG assistant for 1,200 lawyers; accuracy trumps everything else, we can wait | A=high L=low
    Chat widget on our web shop, low latency and low cost both critical | L=high C=high
    Neither speed nor cost matters much here, only correctness | L=low C=low A=high
    Summaries run at night, so no need to be fast, but the bill has to be small | L=low C=high
    The bot can't be slow | L=high
    cost is not the problem, speed is | C=low L=high
    Speed and cost are both critical | L=high C=high
    accuracy, cost: high; latency: medium | A=high C=high L=medium
    We'd rather have a correct answer than a quick one | A=high L=low
    We would rather pay more than get sloppy answers | C=low A=high
    Speed before quality, always | L=high A=low
    Please favour throughput of cheap hardware even if quality dips a little | C=high A=low
    Sacrifice a little quality for speed | A=low L=high
    Don't sacrifice quality for speed | A=high
    First comes accuracy, then cost, and latency last | A=high C=medium L=low
    Ticket: internal FAQ bot. Priority: cost. | C=high
    Our finance director watches the cloud bill like a hawk | C=high
    Students will abandon the tutor if it takes more than a moment | L=high
    Nurses need trustworthy answers, a mistake could harm a patient | A=high
    We're a two-person startup with no devops experience, something we can leave alone | X=high
    Price isn't really a factor | C=low
    Quality can take a hit if that makes it cheaper | A=low C=high
    We're not price sensitive | C=low
    We are very price sensitive | C=high
    Mid-range quality is OK | A=medium
    Speed is important but not at the cost of accuracy | L=high A=high
    It has to be quick, cheap and dead simple to operate | L=high C=high X=high
    Answers within the blink of an eye | L=high
    Turnaround is unimportant | L=low
    Nobody minds a coffee break while it thinks | L=low
    Latency tolerant workload, cost optimised | L=low C=high
    Premium experience: best model available regardless of spend | A=high C=low
    We want the lowest possible spend | C=high
    The less we spend the better | C=high
    Accuracy matters more than latency | A=high L=low
    Latency matters less than accuracy | A=high L=low
    Cost matters as much as quality | C=high A=high
    Kosten sind zweitrangig, die Antwort muss sitzen | C=low A=high
    Geschwindigkeit ist wichtiger als Qualität | L=high A=low
    Lieber langsam und richtig als schnell und falsch | A=high L=low
    Wir haben keinen Admin, der sich darum kümmert | X=high
    Am Geld soll es nicht scheitern | C=low
    Das Budget ist eng, Antwortzeit ist uns nicht so wichtig | C=high L=low
    On n'est pas pressés, mais la qualité doit être irréprochable | L=low A=high
    Le coût passe avant tout | C=high
    La rapidité prime sur la précision | L=high A=low
    Peu importe le temps que ça prend | L=low
    No tenemos prisa, lo que queremos es calidad | L=low A=high
    El coste es lo de menos | C=low
    Ante todo, que no falle en las respuestas | A=high
    Que sea lo más barato posible, aunque tarde un poco | C=high L=low
    とにかく安くしたい。速度はそこまで求めない。 | C=high L=low
    レスポンスが遅いと使ってもらえない | L=high
    便宜最重要，慢点也行 | C=high L=low
    我们不差钱，要最准的 | C=low A=high
    没有专人运维，越省心越好 | X=high
    用户对等待零容忍 | L=high
    Reply speed: must be instant. Price: don't care. | L=high C=low
    Is it cheap? That's the only thing my boss asks. | C=high
    latency budget relaxed, cost budget strict | L=low C=high
    Not latency critical | L=low
    not a latency-sensitive application | L=low
    cost-insensitive, accuracy-obsessed | C=low A=high
    speed > accuracy > cost | L=high A=medium C=low
    quality = most important; price = second; speed = third | A=high C=medium L=low
    We can live with occasional mistakes as long as it is fast and cheap | A=low L=high C=high
    Perfection is not required | A=low
    If it costs a bit more that's fine, as long as agents never wait on a call | C=low L=high
    Our SREs are few and tired: keep it boring | X=high
    Complexity is no problem, we've a seasoned platform crew | X=low
    Good quality at a reasonable price | A=high C=medium
    A decent response time will do | L=medium
    Balanced cost and quality please | C=medium A=medium
    all of speed, cost and quality matter equally | L=medium C=medium A=medium
    low priority for latency, high priority for accuracy | L=low A=high
    Don't break the bank | C=high
    The board wants it done on the cheap | C=high
    We have money, but we don't have time: answers have to be there immediately | C=low L=high
    It shouldn't cost an arm and a leg | C=high
    Response time isn't everything; being right is | L=low A=high
    Throw as much hardware at it as you need | C=low
    We serve traders, so delays are deadly | L=high
    Patients' lives are at stake, so it must not make things up | A=high
    A wrong dosage would be a catastrophe | A=high
    Our testers are patient people, they don't mind a delay | L=low
    Quality matters, cost less so | A=high C=low
    More concerned with cost than with speed | C=high L=low
    Less concerned with cost than with speed | C=low L=high
    Cheap over good | C=high A=low
    Prioritise accuracy at the expense of latency | A=high L=low
    Latency at the expense of cost | L=high C=low
    Customer support chatbot for 2,000 users where fast responses are essential. | L=high
    Code completion tool for 50 engineers. Cost efficiency is our top concern. | C=high
    Translation service for 5k users, low latency preferred, cost is not a concern. | L=high C=low
    Internal wiki Q&A for 300 staff, nothing fancy, keep costs minimal. | C=high
    Content generation for 40 marketers with high-quality output; speed is less important. | A=high L=low
    Real-time code suggestions for 1000 devs, sub-200ms. | L=high
    We're building a chatbot for 10k students. Cheap is good. | C=high
    Batch summarization of contracts, 30 users, quality matters most, no rush. | A=high L=low
    Trading desk assistant, 75 traders, H100, ultra low latency, price no issue. | L=high C=low
    Please keep it affordable: an FAQ bot for a village library. | C=high
    Our CEO says we can spend what we like, but it must never be wrong. | C=low A=high
    I want the best quality regardless of what it costs me | A=high C=low
    Could you keep the answers snappy? The reps have somebody on the phone. | L=high
    Not too bothered about speed tbh, just don't bankrupt us lol | L=low C=high
    Reply quality is everything to our brand. | A=high
    Speed isn't everything. Get it right. | L=low A=high
    The responses don't have to be perfect but should come back quickly. | A=low L=high
    Response times of a couple of minutes would be perfectly okay for us | L=low
    We would accept a slower system if it means fewer mistakes | L=low A=high
    We'd happily trade accuracy for lower cost. | A=low C=high
    We'd happily pay extra for accuracy. | C=low A=high
    Prefer speed to accuracy. | L=high A=low
    Prefer cheaper models over the most accurate ones. | C=high A=low
    Accuracy outranks latency, and latency outranks cost. | A=high L=medium C=low
    Quality is king, speed is queen, cost is whatever. | A=high C=low
    Cost: top priority. Accuracy: nice to have. | C=high A=low
    Priorities: 1) latency 2) accuracy 3) cost | L=high A=medium C=low
    Priority order - cost, quality, speed | C=high A=medium L=low
    latency=high; cost=low; accuracy=medium | L=high A=medium C=low
    Importance: accuracy high, latency medium, cost low, complexity low | A=high L=medium C=low X=low
    Weights: quality 5/5, cost 2/5, speed 1/5 | A=high C=low L=low
    We do not have the people to babysit a cluster. | X=high
    Simple setup please, I'm the only engineer. | X=high
    We are happy to run a complex setup. | X=low
    Low maintenance is a must | X=high
    Easy to operate, easy on the wallet | X=high C=high
    Users are impatient | L=high
    Users are very patient | L=low
    The students are not in a hurry | L=low
    If the reply lags by more than a second, agents lose the customer | L=high
    Speed of the essence! | L=high
    Answer quality could be better, cost could not be lower priority | C=low
    We want quality without compromise | A=high
    Not willing to compromise on accuracy | A=high
    willing to compromise on accuracy | A=low
    Willing to compromise on speed but never on accuracy | L=low A=high
    Accuracy can be sacrificed for responsiveness | A=low L=high
    Keep latency low and throughput high | L=high
    Please don't optimise for cost | C=low
    Optimise for cost, not for latency | C=high L=low
    Optimise for latency rather than cost | L=high C=low
    It's about quality, not speed | A=high L=low
    It's not about cost, it's about speed | C=low L=high
    Cost doesn't matter nearly as much as latency | C=low L=high
    Cost is not as important as quality | C=low A=high
    Latency isn't as critical as accuracy for this one | L=low A=high
    Both latency and accuracy are crucial | L=high A=high
    High accuracy and low latency are both required. | A=high L=high
    Neither cost nor complexity is a concern | C=low X=low
    Latency-sensitive, cost-insensitive | L=high C=low
    We aren't on a tight budget | C=low
    Budget isn't tight | C=low
    Budget is not unlimited | C=high
    No unlimited budget here | C=high
    The quality must be consistently high | A=high
    Mediocre answers are a no-go | A=high
    Errors cost lives | A=high
    We can tolerate the odd error | A=low
    We can't tolerate errors | A=high
    A few typos won't hurt anybody | A=low
    Speed is a nice bonus | L=low
    Accuracy would be a bonus but price decides | A=low C=high
    Price is the deciding factor | C=high
    What decides is the price | C=high
    It all comes down to price | C=high
    The only thing that matters is cost | C=high
    Nothing matters more than accuracy | A=high
    Accuracy above cost and speed | A=high C=low L=low
    We put quality ahead of speed | A=high L=low
    Put speed first | L=high
    Speed comes before everything | L=high
    Kosteneffizienz steht im Vordergrund, Qualität darf etwas leiden | C=high A=low
    Die Antworten müssen sofort da sein, Kosten sind egal | L=high C=low
    Wichtig ist vor allem eine hohe Genauigkeit; Latenz ist unkritisch | A=high L=low
    Billig muss es sein, schnell nicht unbedingt | C=high L=low
    Geld spielt keine Rolle, Hauptsache die Qualität stimmt | C=low A=high
    Wir legen großen Wert auf Genauigkeit und weniger auf Geschwindigkeit | A=high L=low
    Das System soll wartungsarm sein, wir haben kein Ops-Team | X=high
    Qualität ist uns wichtiger als der Preis | A=high C=low
    Keine Echtzeit nötig | L=low
    La latence doit être la plus faible possible | L=high
    Le prix est secondaire, seule la précision compte | C=low A=high
    Nous avons un budget très limité | C=high
    La vitesse n'a aucune importance | L=low
    Il vaut mieux lent et juste que rapide et faux | A=high L=low
    Personne chez nous pour administrer des serveurs | X=high
    Nous préférons la qualité à la vitesse | A=high L=low
    La latencia tiene que ser mínima, el presupuesto no es un problema | L=high C=low
    Buscamos la máxima calidad, aunque sea más caro | A=high C=low
    No hace falta que responda rápido | L=low
    El presupuesto es muy ajustado | C=high
    Preferimos calidad a velocidad | A=high L=low
    No contamos con equipo técnico | X=high
    応答の速さが最優先、精度はほどほどでよい | L=high A=medium
    コストはいくらかかってもいいので、最高の品質を | C=low A=high
    予算があまりないので安く済ませたい | C=high
    夜間バッチなので遅くても問題ない。間違いは許されない。 | L=low A=high
    运维人员很少，希望部署简单 | X=high
    对成本不敏感，但对延迟很敏感 | C=low L=high
    质量比速度更重要 | A=high L=low
    预算不多，能省就省 | C=high
    准确率要求很高，响应慢一点可以接受 | A=high L=low
    usecase=chatbot users=900 priority=latency | L=high
    Chatbot, 200 users, L4, cheap | C=high
    chatbot 500 users fast | L=high
    RAG, 80 users, best quality, cost irrelevant | A=high C=low
    Summarizer for 20 people. Accuracy-first. Latency-last. | A=high L=low
    We need something for our 400 call-centre agents that answers without a pause. | L=high
    The agency has strict cost targets and no strict latency targets. | C=high L=low
    It's a hobby project with zero funding | C=high
    We are funded well enough that hardware spend won't decide anything | C=low
    I don't mind waiting as long as the answer is right | L=low A=high
    I do mind waiting | L=high
    Waiting is not an option for our dispatchers | L=high
    Waiting isn't a problem | L=low
    Slow is fine, wrong is not. | L=low A=high
    Better safe than sorry: correctness beats everything | A=high
    Our users would rather wait than get a wrong answer. | A=high L=low
    Time is not critical | L=low
    Time-critical decisions in the control room | L=high
    Neither fast nor cheap, but right | A=high L=low C=low
    Fast but not necessarily accurate | L=high A=low
    Accurate but not necessarily fast | A=high L=low
    Cheap but accurate | C=high A=high
    As accurate as a human expert, as cheap as chips | A=high C=high
    Make it cheap; make it fast; I don't care about the rest. | C=high L=high
    Whether it costs 5k or 50k makes no difference to us | C=low
    We are cost constrained | C=high
    We're not cost constrained | C=low
    We aren't constrained by cost | C=low
    Cost constraints are severe | C=high
    There are no cost constraints | C=low
    no latency requirements | L=low
    hard latency requirements | L=high
    We have strict latency requirements, 300 users | L=high
    Latency requirements are relaxed | L=low
    Low sensitivity to cost, high sensitivity to latency | C=low L=high
    Cost sensitivity low; latency sensitivity high; accuracy sensitivity high | C=low L=high A=high
    The lower the latency the better | L=high
    The cheaper the better, quality is secondary | C=high A=low
    Value for money is what we are after | C=high
    Speed is a must, quality is a plus | L=high A=low
    Quality is a must, speed a plus | A=high L=low
    High quality is desired, but cost should be moderate | A=high C=medium
    Moderate latency, low cost, high accuracy | L=medium C=high A=high
    Medium accuracy is sufficient | A=medium
    Average quality will do as long as it's quick | A=medium L=high
    Accuracy: best effort | A=low
    Give me the top-shelf model, no penny-pinching | A=high C=low
    No penny pinching on GPUs | C=low
    Money well spent if the answers are perfect | A=high
    The answers need to be airtight for the auditors | A=high
    Regulators fine us for each mistake, so correctness is key | A=high
    We can't have it making stuff up | A=high
    Some hallucinations are acceptable | A=low
    Occasional hiccups in quality are tolerable | A=low
    A sluggish assistant would be worse than none | L=high
    If suggestions come late, developers switch it off | L=high
    Developers hate lag | L=high
    A 1-second lag is already too much | L=high
    Lag is OK | L=low
    Latency doesn't bother us | L=low
    Nobody will notice a slow answer | L=low
    Results are read the next morning | L=low
    It runs unattended over the weekend | L=low
    The job is offline so throughput beats latency | L=low
    Throughput over latency | L=low
    People are typing while it completes, so it has to keep up | L=high
    No one in our office knows anything about servers | X=high
    We lack in-house expertise to run GPUs | X=high
    Our platform team is huge, so complexity doesn't scare us | X=low
    We have a strong infra team, complexity is not an issue | X=low
    Minimal operational overhead please | X=high
    It must be simple to deploy and cheap to run | X=high C=high
    Ease of use over features | X=high
    As few moving parts as you can manage | X=high
    We're OK with a complex deployment if it saves money | X=low C=high
    Simplicity trumps performance | X=high L=low
    Keep it cheap and cheerful | C=high
    Cheap as chips | C=high
    Don't skimp on quality | A=high
    Don't skimp | C=low
    Costs must not explode | C=high
    Running costs have to stay within reason | C=medium
    We'd like to keep running costs in check | C=high
    Spending is under scrutiny this year | C=high
    With budgets being cut, we need the leanest option | C=high
    Save wherever you can | C=high
    No need to save | C=low
    No need to economise | C=low
    The goal is cost reduction | C=high
    The objective is to lower our inference bill while keeping quality acceptable | C=high A=medium
    We currently pay too much for GPT-4 and want to halve the bill | C=high
    Wir wollen die beste Qualität, der Preis ist Nebensache | A=high C=low
    Niemand hat es eilig | L=low
    Die Kollegen werden ungeduldig, wenn es hakt | L=high
    Falsche Auskünfte wären fatal | A=high
    Es muss nicht schnell sein, aber korrekt | L=low A=high
    Es darf nichts kosten | C=high
    Schnelligkeit vor Genauigkeit | L=high A=low
    Wir sind ein kleiner Verein ohne IT-Abteilung und ohne Geld | X=high C=high
    Preis und Leistung sollen ausgewogen sein | C=medium
    Ce doit être simple à exploiter et économique | X=high C=high
    On ne regarde pas à la dépense | C=low
    Les erreurs sont inadmissibles | A=high
    Le temps de réponse n'est pas un critère | L=low
    Que ce soit rapide, c'est tout ce qui compte | L=high
    Notre budget est minuscule | C=high
    La exactitud es lo primero, la velocidad lo último | A=high L=low
    No podemos permitirnos errores | A=high
    Da igual que tarde, pero que acierte | L=low A=high
    Queremos gastar lo mínimo | C=high
    Los usuarios no pueden esperar | L=high
    多少間違えても構わないので、とにかく速く | A=low L=high
    回答の速さより正確さを重視します | A=high L=low
    費用は抑えたいが、品質は妥協できない | C=high A=high
    運用に人を割けない | X=high
    急いでいないのでじっくり考えてほしい | L=low
    速度第一，成本第二 | L=high C=medium
    宁可慢一点，也要答对 | L=low A=high
    钱不是问题，关键是要快 | C=low L=high
    没有技术人员维护，要简单 | X=high
    偶尔出错没关系 | A=low
    We run a price comparison portal and want a chatbot for 400 visitors that explains tariffs |
    A tool for 80 nurses that reads wait list letters and drafts replies |
    The bot answers questions on budget travel for 3000 customers |
    Chatbot for a money transfer company, 12000 users a month |
    Our quality department (25 people) wants to search ISO documents |
    The maintenance crew asks about pump failures, 60 technicians |
    We process error reports from 300 machines |
    Our speed camera office classifies 5000 letters a day |
    Our finance team of 30 summarises cost reports |
    The CFO office wants a summariser for board papers, 15 users |
    Students take exams; we need question generation for 600 pupils |
    A right of way assistant for land registry clerks, 45 users |
    Assistant for complexity theory courses, 90 students |
    We have a limited number of licences and 50 users |
    Customers ask what a repair costs; 800 chats per day |
    Help desk for 1,000 employees; they ask about expenses and travel bills |
    Insurance claims: 40 adjusters decide whether damage is fatal, dangerous or minor |
    A bot for people who wait at the bus stop, 2000 users |
    IT team of 20 wants log analysis |
    DevOps engineers (55) want code review |
    No other team uses it; the 70 engineers in operations do |
    Write product texts for cheap flights, 12 editors |
    People lose money on bad investments, so they ask our 200 advisors |
    Small business owners, about 900, ask tax questions |
    Simple chatbot for 50 users |
    We need a simple Q&A tool for 100 people |
    The system serves 500 users at 9 am and has little traffic at night |
    Peak load is on Monday; 250 users |
    We want to reduce the workload of our 100 agents |
    Reduce the time that 60 lawyers spend on contracts |
    Save time for our 120 recruiters |
    The tool should cut review times for 40 auditors |
    We pay 300 agents to type answers |
    Nobody has tried AI here before; 75 users |
    Customers complain when parcels are late; the bot answers 4000 of them |
    If patients wait too long at reception they leave; a triage chatbot for 90 staff |
    150 traders ask about slow moving stocks |
    Doctors dictate notes; 300 users; no cloud |
    The law firm cannot share data with third parties, 50 users |
    No more than 200 users at once |
    Budget: 5000 USD per month, 200 users, chatbot |
    Our budget is 10k a month and we have 300 developers |
    TTFT below 200 ms for 300 developers |
    Response time should be under 2 seconds for 500 users |
    Latency p95 < 500ms, 1000 users |
    We have plenty of GPUs and 400 users |
    Customer service bot, 500 users, English and German |
    Essay feedback for 2,000 students: it marks wrong spelling |
    Find mistakes in contracts for 30 lawyers |
    Spot errors in invoices, 20 accountants |
    Detects hallucinations in other models' output, 10 testers |
    Explain complex legal texts in simple language to 5,000 citizens |
    Rewrite in plain language for 200 clerks |
    Real estate agents, 90, write listings |
    Answers in short sentences please, 100 users |
    Quick intro: we're a bakery chain with 70 shops and want a FAQ bot |
    As soon as possible we need a chatbot for 500 users |
    We must go live quickly: 300 users |
    The project is urgent; code assistant for 120 developers |
    Customer service chatbot for 500 users, cost is critical | C=high
    Code completion for 300 developers, low latency is essential | L=high
    Need a chatbot for 100 users with low latency | L=high
    RAG for 2000 employees, accuracy is most important | A=high
    Document Q&A for 150 users with high accuracy requirements | A=high
    Summarisation for 50 users, cost-effective solution preferred | C=high
    Legal research for 20 lawyers, accuracy over speed | A=high L=low
    Translation for 400 users, budget-friendly | C=high
    Content creation for 60 marketers, quality matters more than cost | A=high C=low
    Code generation for 200 engineers, balanced performance and cost | C=medium L=medium
    Long document summarisation for 25 analysts, latency is not critical | L=low
    Chatbot for 10000 users; must be scalable and cheap | C=high
    We want the fastest response possible for 1,000 users | L=high
    Instant replies for 5000 shoppers | L=high
    High quality translations for 30 editors, no time pressure | A=high L=low
    Minimise cost, 500 users | C=high
    Minimise latency, 500 users | L=high
    Maximise accuracy, 500 users | A=high
    We're cost-conscious but need decent quality | C=high A=medium
    Performance is key, cost is flexible | L=high C=low
    Speed matters, cost doesn't | L=high C=low
    Accuracy first, then speed, then cost | A=high L=medium C=low
    Prioritize cost over accuracy and latency | C=high A=low L=low
    Prioritise low latency and high accuracy over cost | L=high A=high C=low
    Cost and latency are more important than accuracy | C=high L=high A=low
    Quality and speed both matter, money doesn't | A=high L=high C=low
    We care about quality, not about cost | A=high C=low
    We are flexible on latency but strict on accuracy | L=low A=high
    Strict on budget, relaxed on speed | C=high L=low
    Response quality must be excellent; delays of several seconds are fine | A=high L=low
    Answers need to be quick and accurate | L=high A=high
    It needs to be fast, but doesn't need to be super accurate | L=high A=low
    Sub-second responses | L=high
    Cost sensitive startup, 50 users | C=high
    Enterprise customer, cost insensitive, 5000 users | C=low
    We need reliable, accurate results for compliance | A=high
    Low budget, high volume | C=high
    Quality is non negotiable, latency negotiable | A=high L=low
    Optimised for speed | L=high
    The solution should be optimised for low cost rather than speed | C=high L=low
    Budget is no concern, we want premium quality | C=low A=high
    Easy maintenance is important for us | X=high
    We prefer a simple deployment | X=high
    A museum wants an audio-guide chatbot, ~4k visitors/day, tiny grant money. | C=high
    Need 1k-user FAQ bot. Cheapest option wins. | C=high
    Latency really matters here: callers are on the line. | L=high
    We can afford to wait but we can't afford errors. | L=low A=high
    We can't afford to wait. | L=high
    Can't afford H100s, sorry. | C=high
    Quality can be so-so. | A=medium
    Ordinary quality suffices; the main thing is that it's inexpensive. | A=medium C=high
    Prefer correctness to speed, and speed to price. | A=high L=medium C=low
    In descending importance: latency, quality, cost. | L=high A=medium C=low
    Latency comes first and foremost. Everything else is negotiable. | L=high
    Our lawyers bill by the hour so slow tools cost us dearly. | L=high
    What good is a fast answer if it's wrong? | A=high
    A fast wrong answer is worthless to us. | A=high
    Better late than wrong | A=high L=low
    Rather quick than perfect | L=high A=low
    Good enough quality, great speed, rock-bottom price | A=medium L=high C=high
    Rock-solid answers | A=high
    bargain basement budget, 70 volunteers | C=high
    We have to justify each dollar to donors. | C=high
    Donors won't pay for luxury. | C=high
    The grant covers everything, so don't fret about the cost. | C=low
    Cost? Irrelevant. Speed? Critical. | C=low L=high
    Speed: yes. Cost: don't care. Accuracy: absolutely. | L=high C=low A=high
    Q: is latency important? A: no, it's batch. | L=low
    Is it time sensitive? Not really. | L=low
    The least of our concerns is latency. | L=low
    The most important thing for us is that answers are fast. | L=high
    What matters to us is a low bill at the end of the month. | C=high
    We worry about cost, not so much about speed. | C=high L=low
    We don't worry about cost. | C=low
    Without regard to cost | C=low
    with an eye on costs | C=high
    We keep a close eye on spend. | C=high
    Costs are closely monitored. | C=high
    Low-cost, low-latency, low-maintenance. | C=high L=high X=high
    high cost is a deal breaker | C=high
    High latency is a deal breaker | L=high
    high latency is okay | L=low
    Higher cost is acceptable for better accuracy | C=low A=high
    Lower accuracy is acceptable for lower cost | A=low C=high
    We accept lower quality to save money | A=low C=high
    Never trade correctness for speed | A=high
    Speed should not come at the cost of quality | A=high
    Near-instant | L=high
    Answer within the call, caller can't be left hanging | L=high
    Batch, nightly, no one waits | L=low
    Async processing is fine | L=low
    It can take its sweet time | L=low
    There is no hurry whatsoever | L=low
    We've all the time in the world | L=low
    Minutes matter | L=high
    Milliseconds don't matter | L=low
    Not every millisecond counts here | L=low
    Must be boringly simple: I'm a teacher, not an engineer | X=high
    Nobody on staff can code or run servers | X=high
    Set up once, never touched again | X=high
    Our ops folks are already drowning | X=high
    We've a dedicated MLOps team, so go wild on the architecture | X=low
    An intricate deployment is fine by us | X=low
    Ease of maintenance isn't a priority | X=low
    Complexity should be kept to a minimum | X=high
    Keep complexity low | X=high
    low complexity, high accuracy | X=high A=high
    Bitte günstig, aber nicht auf Kosten der Qualität | C=high A=high
    Tempo ist nachrangig, Hauptsache fehlerfrei | L=low A=high
    Wir können uns keine teuren GPUs leisten | C=high
    Die Kosten sind nicht das Problem, die Wartezeit ist es | C=low L=high
    Es kommt auf jede Sekunde an | L=high
    Uns ist egal, ob es eine Minute dauert | L=low
    Qualität first, Geld second | A=high C=medium
    Ob das nun 2000 oder 4000 Euro kostet, ist uns egal | C=low
    Wir wollen sparen, wo es geht | C=high
    Genauigkeit: sehr wichtig; Geschwindigkeit: unwichtig; Kosten: mittel | A=high L=low C=medium
    Le coût est notre principale contrainte | C=high
    On veut du haut de gamme, peu importe la facture | A=high C=low
    Pas besoin d'une réponse instantanée | L=low
    La qualité avant la vitesse | A=high L=low
    Nous n'avons personne pour maintenir ça | X=high
    Chaque seconde compte | L=high
    Le budget n'est pas extensible | C=high
    El tiempo de respuesta es crucial, el costo es secundario | L=high C=low
    Cada centavo cuenta | C=high
    No tenemos quien lo mantenga | X=high
    La precisión pesa más que la rapidez | A=high L=low
    Da lo mismo lo que cueste | C=low
    安さ重視。精度は普通でOK。 | C=high A=medium
    スピード命、費用は気にしません | L=high C=low
    専門の担当者がいないので簡単に運用したい | X=high
    越快越好，钱无所谓 | L=high C=low
    预算卡得很死 | C=high
    答案质量要放在首位，速度可以慢 | A=high L=low
    追求性价比 | C=high
    Government agency, 3,000 case workers, document search. Limited funding, simple to operate. | C=high X=high
    Startup, 10 engineers, code completion. Want it snappy but we're broke. | L=high C=high
    Insurance: 200 claims adjusters, RAG. Balance between speed and accuracy. | L=medium A=medium
    Pharma R&D: 45 researchers; we'd rather wait an hour than get a hallucinated citation. | A=high L=low
    Hotel concierge bot for 900 guests, premium experience, fast and flawless. | L=high A=high
    Municipality: 70 clerks, letters to citizens. Tight budget, no in-house IT. | C=high X=high
    We want good answers and low costs; latency isn't that critical. | C=high L=low A=high
    Accuracy is more important than cost, cost is more important than speed. | A=high C=medium L=low
    Money is tight, so go for the smallest model that does the job. | C=high
    We have money to spend, give us the best. | C=low A=high
    Budget conscious but not willing to sacrifice quality | C=high A=high
    Cost is a secondary consideration. | C=low
    Latency is a primary consideration. | L=high
    Latency is of utmost importance. | L=high
    Latency is of no importance. | L=low
    Latency is of little consequence. | L=low
    Accuracy is of the highest priority | A=high
    It is vital that the answers are accurate. | A=high
    It's important to keep costs down. | C=high
    It's not important to keep costs down. | C=low
    It isn't essential that it responds quickly. | L=low
    It's essential that it responds quickly. | L=high
    It would be nice if it were fast, but not required. | L=low
    Fast response is not required. | L=low
    Low latency is not required. | L=low
    Low latency is not a requirement. | L=low
    Low latency is a hard requirement. | L=high
    Low cost is not a priority. | C=low
    Low cost is the priority. | C=high
    High accuracy isn't necessary. | A=low
    High accuracy is a must. | A=high
    No need for high accuracy. | A=low
    We don't require real-time responses. | L=low
    We require real-time responses. | L=high
    Speed isn't critical | L=low
    Speed is less critical than accuracy | L=low A=high
    Cost is less important than accuracy | C=low A=high
    Accuracy is less important than cost | A=low C=high
    Cost must not be high | C=high
    Latency must not be high | L=high
    The cost should not matter | C=low
    Cost can be high | C=low
    Latency can be high | L=low
    High latency is not acceptable | L=high
    High costs are not acceptable | C=high
    High costs are fine | C=low
    Quality must not suffer | A=high
    Quality may suffer | A=low
    Quality can be compromised | A=low
    Quality cannot be compromised | A=high
    Speed cannot be compromised | L=high
    We refuse to compromise on quality | A=high
    We're ready to compromise on latency | L=low
    We can be flexible about response times | L=low
    Not flexible on cost | C=high
    Cost-optimized rather than performance-optimized | C=high L=low
    Performance-critical | L=high
    performance over cost | L=high C=low
    cost over performance | C=high L=low
    Prioritise throughput |
    price/performance matters | C=high L=high
    best bang for the buck | C=high
    Emphasis on low cost | C=high
    Emphasis is on speed rather than precision | L=high A=low
    Focus: quality. | A=high
    Focus on quality, ignore cost | A=high C=low
    Ignore cost | C=low
    Don't ignore cost | C=high
    Disregard latency | L=low
    Latency is king | L=high
    Latency matters a lot, quality matters a bit, cost doesn't matter | L=high A=medium C=low
    Speed very important, accuracy important, cost not important | L=high A=high C=low
    Key requirements: fast responses, low cost | L=high C=high
    Top concern is accuracy; second concern is cost | A=high C=medium
    Main concern: cost | C=high
    Primary goal: minimise latency. Secondary goal: minimise cost. | L=high C=medium
    Cost is our number one concern. | C=high
    Our number one priority is speed | L=high
    Wir brauchen schnelle Antworten, Kosten sind zweitrangig. | L=high C=low
    Die Kosten sollten möglichst niedrig sein. | C=high
    Genauigkeit hat oberste Priorität. | A=high
    Antwortzeit ist nicht entscheidend. | L=low
    Nous avons besoin de réponses rapides à faible coût. | L=high C=high
    La précision est plus importante que le coût. | A=high C=low
    La latence n'est pas un problème. | L=low
    Necesitamos respuestas rápidas y de bajo costo. | L=high C=high
    La calidad es más importante que el precio. | A=high C=low
    La latencia no es importante. | L=low
    応答速度が重要です。 | L=high
    コスト重視です。 | C=high
    响应速度很重要，成本不重要。 | L=high C=low
    准确性比速度重要。 | A=high L=low
    Customer service chatbot for 1,000 users. We prioritise low latency above all. | L=high
    Chatbot for a bank with 2 million customers, accuracy and compliance come before speed. | A=high L=low
    Code assistant for 150 developers on A100s, performance is more important than price. | L=high C=low
    300 developers need code completion, quality over cost, H100s. | A=high C=low
    Summarize legal contracts for 40 people; we can live with higher latency for better quality. | L=low A=high
    RAG knowledge base for 700 employees. Cost matters most. | C=high
    Help us deploy a translation model for 200 users on a shoestring budget. | C=high
    Image captions aside, 120 editors need text drafts; they don't mind waiting. | L=low
    Deploy Llama 3.3 70B for 50 researchers, best possible accuracy, cost isn't an issue. | A=high C=low
    Deploy a small model, 5000 users, cheapest hardware that works. | C=high
    Interactive tutor for 1,500 pupils. Should feel responsive, budget around average. | L=high
    Support bot for 500 users, answers must be instant and correct. | L=high A=high
    Support bot for 500 users, answers must be instant, even if less correct. | L=high A=low
    FAQ bot with 100 users, the simplest thing that works. | X=high
    We want low operating costs above all. | C=high
    We want to keep operations simple and the bill small. | X=high C=high
    Analysts (90) get reports each morning; generation may run for hours. | L=low
    Email drafts for 350 account managers, medium priority on latency, high on quality. | L=medium A=high
    High priority: accuracy. Low priority: latency. Medium priority: cost. | A=high L=low C=medium
    accuracy: high, cost: low, latency: medium, complexity: low | A=high C=low L=medium X=low
    Latency - critical. Cost - flexible. Accuracy - important. | L=high C=low A=high
    Must have: speed. Nice to have: low cost. | L=high C=low
    Trade-offs: happy to sacrifice speed for accuracy | L=low A=high
    Cost-benefit matters | C=high
    Please give preference to accuracy | A=high
    We lean towards accuracy over speed | A=high L=low
    Leaning towards cheaper rather than better | C=high A=low
    We favour lower cost over faster responses | C=high L=low
    When in doubt, prefer accuracy | A=high
    When in doubt, go for the cheaper option | C=high
    Saving money is more important than saving time | C=high L=low
    Users value speed more than perfection | L=high A=low
    Users value speed less than perfection | L=low A=high
    We care more about quality than speed | A=high L=low
    We care less about quality than speed | A=low L=high
    We care about cost more than anything | C=high
    Doesn't have to be fast | L=low
    It doesn't matter if it's slow | L=low
    It matters that it's fast | L=high
    It mustn't be slow | L=high
    It shouldn't be expensive | C=high
    It can be expensive | C=low
    It should not cost much | C=high
    Not the cheapest, but the best | A=high
    Doesn't need to be cheap | C=low
    We don't need it cheap, we need it good | C=low A=high
    We don't need it fast, we need it cheap | L=low C=high
    We don't want a slow bot | L=high
    We don't want to pay a lot | C=high
    We don't want to wait | L=high
    We don't want errors | A=high
    No errors please | A=high
    No delays please | L=high
    No expensive hardware | C=high
    No complex setup | X=high
    Avoid high costs | C=high
    Avoid latency spikes | L=high
    Avoid complexity | X=high
    Without high costs | C=high
    Without delays | L=high
    Slow and steady is fine | L=low
    Quality isn't negotiable | A=high
    Price isn't negotiable: max 3k | C=high
    Latency target is negotiable | L=low
    Cost ceiling is strict | C=high
    Latency SLO is strict | L=high
    Accuracy threshold is strict | A=high
    The smaller the bill, the happier the boss | C=high
    Response time makes or breaks it | L=high
    Users notice every delay | L=high
    Accuracy makes or breaks the product | A=high
    Critical: accuracy. Irrelevant: cost. | A=high C=low
    What we don't need is speed | L=low
    What we need is speed | L=high
    Speed is what we need | L=high
    Speed is not what we need | L=low
    All we need is quality | A=high
    I want quality, not speed | A=high L=low
    I want speed and not quality | L=high A=low
    I'd like it quick rather than perfect | L=high A=low
    Speed, yes, but accuracy above all | A=high
    Keep the cost at a minimum without hurting quality | C=high A=high
    Lowest latency possible, whatever the cost | L=high C=low
    Lowest cost possible, whatever the latency | C=high L=low
    Speed at any cost | L=high C=low
    Good quality at low cost | A=high C=high
    High quality at any price | A=high C=low
    moderate quality is enough | A=medium
    acceptable latency | L=medium
    acceptable latency, excellent quality, minimal cost | L=medium A=high C=high
    Team of 5, no ops experience, cheap cloud | X=high C=high
    Sehr geringe Latenz erforderlich, Budget vorhanden | L=high C=low
    Qualität wichtiger als Kosten | A=high C=low
    Kosten wichtiger als Qualität | C=high A=low
    Die Latenz ist weniger wichtig als die Genauigkeit | L=low A=high
    Nicht teuer bitte | C=high
    Darf teuer sein | C=low
    Darf nicht teuer sein | C=high
    Muss nicht billig sein | C=low
    Wir haben es nicht eilig | L=low
    Pas trop cher s'il vous plaît | C=high
    Pas besoin que ce soit rapide | L=low
    Le coût importe moins que la qualité | C=low A=high
    No muy caro | C=high
    No tiene que ser barato | C=low
    La rapidez importa menos que la precisión | L=low A=high
    速度より精度 | A=high L=low
    コストはそれほど重要ではない | C=low
    不需要很快 | L=low
    成本比质量重要 | C=high A=low
    Call centre with 2,000 seats, live transcription hints. Latency is make-or-break. | L=high
    Notary office with 8 clerks; deeds must be error-free. | A=high
    A hobby forum with 5,000 members, moderation of posts; we have no money at all. | C=high
    Logistics firm, 250 planners. Accuracy and speed matter equally, cost less so. | A=medium L=medium C=low
    Cost is not our priority | C=low
    Cost is our priority | C=high
    Our priority isn't speed | L=low
    Speed is no priority for us | L=low
    Quality has priority over cost | A=high C=low
    Quality takes priority | A=high
    Quality takes precedence over speed | A=high L=low
    Cost takes a back seat to quality | C=low A=high
    Speed takes a back seat | L=low
    We place more weight on accuracy than on speed | A=high L=low
    We place little weight on speed | L=low
    Give more weight to accuracy | A=high
    Quality outweighs cost | A=high C=low
    Don't worry about latency | L=low
    Worry about latency, not cost | L=high C=low
    I am not worried about speed but I am worried about cost | L=low C=high
    We are very sensitive to latency | L=high
    We are not sensitive to price | C=low
    low tolerance for latency | L=high
    low tolerance for errors | A=high
    high tolerance for latency | L=low
    Zero tolerance for delays | L=high
    We tolerate delays | L=low
    We do not tolerate delays | L=high
    Latency tolerance is high | L=low
    We're insensitive to latency | L=low
    Time is on our side | L=low
    Budget is generous | C=low
    Budget isn't generous | C=high
    Budget is unlimited | C=low
    No budget limits | C=low
    We have no budget | C=high
    We have a small budget | C=high
    We have no budget constraints | C=low
    Fast answers not needed | L=low
    Quick answers needed | L=high
    No need for speed | L=low
    Speed: low priority | L=low
    Speed: high priority | L=high
    Low speed is fine | L=low
    Low quality is fine | A=low
    Low quality is not fine | A=high
    Low accuracy is unacceptable | A=high
    Poor quality is unacceptable | A=high
    Slow responses are unacceptable | L=high
    Slow responses are acceptable | L=low
    Expensive is fine | C=low
    Expensive is not fine | C=high
    Cheap is fine | C=high
    Being slow is fine | L=low
    Being cheap is important | C=high
    Being cheap is not important | C=low
    Being fast is not important | L=low
    Not important: speed | L=low
    Important: speed | L=high
    Very important: cost. Less important: accuracy. | C=high A=low
    Least important is cost | C=low
    Most important is cost | C=high
    Cost is most important | C=high
    Cost is least important | C=low
    Minimal cost, maximal quality | C=high A=high
    Maximum quality, minimum latency | A=high L=high
    The answers should be good | A=high
    Answers should be fast but needn't be great | L=high A=low
    Latency requirements: none | L=low
    Budget constraints: none | C=low
    Budget: tight | C=high
    Budget: flexible | C=low
    Latency: real-time | L=high
    Latency: not critical | L=low
    Quality: best | A=high
    Quality: good enough | A=medium
    Cost: as low as possible | C=high
    Cost: doesn't matter | C=low
    We want fast more than cheap | L=high C=low
    Cheap rather than fast | C=high L=low
    Fast rather than cheap | L=high C=low
    Accurate rather than fast | A=high L=low
    We don't want to compromise quality for speed | A=high
    Wir achten auf die Kosten | C=high
    Wir achten nicht auf die Kosten | C=low
    Kosten dürfen hoch sein | C=low
    Die Qualität darf nicht leiden | A=high
    Die Latenz darf hoch sein | L=low
    Die Latenz darf nicht hoch sein | L=high
    Le coût ne doit pas être élevé | C=high
    La latence peut être élevée | L=low
    La latence ne doit pas être élevée | L=high
    El costo puede ser alto | C=low
    El costo no debe ser alto | C=high
    La latencia no debe ser alta | L=high
    We serve 12,000 gamers, so response time is everything, we accept some quality loss. | L=high A=low
    Internal HR bot, 800 employees, low priority project, keep it cheap. | C=high
    Newspaper archive search for 90 journalists with a modest budget and no hurry. | C=high L=low
    We're price-sensitive, 300 users, chatbot. | C=high
    Not price-sensitive, 300 users, chatbot. | C=low
    Latency isn't our bottleneck, cost is. | L=low C=high
    Best effort quality; spend must be tiny. | A=low C=high
    Travel agency, 75 agents; they want immediate answers while customers wait. | L=high
    Accuracy isn't as important as low cost. | A=low C=high
    We can tolerate some latency to save on cost. | L=low C=high
    It's more important to be right than to be fast. | A=high L=low
    It's better to be fast than to be right. | L=high A=low
    Please optimise for throughput and cost; latency is secondary. | C=high L=low
    Both cost and quality are secondary to speed. | C=low A=low L=high
    Nothing fancy, just keep it running cheaply for our 40 staff. | C=high
    Economy over speed | C=high L=low
    Wir priorisieren Genauigkeit gegenüber Geschwindigkeit. | A=high L=low
    Nous privilégions la rapidité au détriment de la précision. | L=high A=low
    Priorizamos el costo sobre la velocidad. | C=high L=low
    コストより速度を優先します。 | L=high C=low
    我们更看重质量而不是速度。 | A=high L=low
"""
