//! Outbox, queue and worker on both databases.
#![expect(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test may fail")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use db::{Db, Group};
use futures_util::FutureExt;
use jobs::{Error, Handler, Job, Jobs, MIGRATIONS, NewJob, Outcome, Worker};
use model::Timestamp;
use testkit::{ForDatabase, TestDb, on_every_database};
use tokio_util::sync::CancellationToken;

struct Queue {
    test: TestDb,
    jobs: Jobs,
}

impl ForDatabase for Queue {
    async fn for_database(engine: testkit::Engine) -> Self {
        let test = TestDb::for_database(engine).await.migrated(&[MIGRATIONS]).await;
        let jobs = Jobs::new(test.db.clone(), test.clock.clone(), test.ids.clone());
        Self { test, jobs }
    }
}

impl Queue {
    async fn enqueue(&self, kind: &str, key: &str, payload: &str) {
        let mut tx = self.test.db.begin(Group::House).await.unwrap();
        let run_at = self.test.clock.now();
        self.jobs.enqueue(&mut tx, NewJob { kind, key, payload: payload.to_owned(), run_at });
        tx.commit().await.unwrap();
    }

    async fn publish(&self, topic: &str, payload: &str) {
        let mut tx = self.test.db.begin(Group::House).await.unwrap();
        self.jobs.publish(&mut tx, topic, payload.to_owned());
        tx.commit().await.unwrap();
    }

    async fn count(&self, sql: &'static str) -> i64 {
        self.test.db.read(sql, []).await.unwrap()[0].get(0).unwrap()
    }
}

/// What handlers were given, in the order in which they were.
type Seen = Arc<Mutex<Vec<Job>>>;

/// A handler that notes its jobs and answers as told.
fn noting(seen: &Seen, outcome: impl Fn(&Job) -> Outcome + Send + Sync + 'static) -> Handler {
    let seen = Arc::clone(seen);
    Arc::new(move |job| {
        let answer = outcome(&job);
        seen.lock().unwrap().push(job);
        async move { answer }.boxed()
    })
}

fn keys(seen: &Seen) -> Vec<String> {
    seen.lock().unwrap().iter().map(|job| job.key.clone()).collect()
}

#[on_every_database]
async fn a_job_runs_once_and_is_forgotten(queue: Queue) {
    let seen = Seen::default();
    let worker = Worker::new(queue.jobs.clone()).job("mail", noting(&seen, |_| Outcome::Ok));
    queue.enqueue("mail", "a", r#"{"to":"ann"}"#).await;
    queue.enqueue("mail", "a", r#"{"to":"again"}"#).await;
    queue.enqueue("other", "b", "{}").await;
    assert_eq!(worker.run_until_idle().await.unwrap(), 1);
    assert_eq!(worker.run_until_idle().await.unwrap(), 0);
    let job = seen.lock().unwrap()[0].clone();
    assert_eq!((job.payload.as_str(), job.attempt), (r#"{"to":"ann"}"#, 1));
    assert_eq!(queue.count("SELECT COUNT(*) FROM jobs").await, 1, "the other kind waits for its worker");
}

#[on_every_database]
async fn a_job_of_a_dropped_transaction_never_was(queue: Queue) {
    let mut tx = queue.test.db.begin(Group::House).await.unwrap();
    let job = NewJob { kind: "mail", key: "a", payload: "{}".to_owned(), run_at: Timestamp(0) };
    queue.jobs.enqueue(&mut tx, job);
    drop(tx);
    assert_eq!(queue.count("SELECT COUNT(*) FROM jobs").await, 0);
}

#[on_every_database]
async fn an_event_becomes_one_job_per_subscriber(queue: Queue) {
    let seen = Seen::default();
    let worker = Worker::new(queue.jobs.clone())
        .job("mail.welcome", noting(&seen, |_| Outcome::Ok))
        .job("audit.note", noting(&seen, |_| Outcome::Ok))
        .subscribe("member.invited", "mail.welcome")
        .subscribe("member.invited", "audit.note");
    queue.publish("member.invited", r#"{"who":"bob"}"#).await;
    queue.publish("nobody.cares", "{}").await;
    assert_eq!(worker.run_until_idle().await.unwrap(), 2);
    let mut kinds: Vec<String> = seen.lock().unwrap().iter().map(|job| job.kind.clone()).collect();
    kinds.sort();
    assert_eq!(kinds, ["audit.note", "mail.welcome"]);
    assert!(seen.lock().unwrap().iter().all(|job| job.payload == r#"{"who":"bob"}"#));
    assert_eq!(queue.count("SELECT COUNT(*) FROM outbox").await, 0);
}

#[on_every_database]
async fn a_failed_attempt_waits_and_then_runs_again(queue: Queue) {
    let seen = Seen::default();
    let worker = Worker::new(queue.jobs.clone()).job(
        "fetch",
        noting(&seen, |job| match job.attempt {
            1 => Outcome::Retry { after: Some(Duration::from_mins(1)), reason: "busy".to_owned() },
            2 => Outcome::Retry { after: None, reason: "busy".to_owned() },
            _ => Outcome::Ok,
        }),
    );
    queue.enqueue("fetch", "a", "{}").await;
    let steps = [(0, 1), (59, 0), (1, 1), (5, 0), (10, 1), (600, 0)];
    for (advance, attempts) in steps {
        queue.test.clock.advance(Duration::from_secs(advance));
        assert_eq!(worker.run_until_idle().await.unwrap(), attempts, "after {advance} s");
    }
    assert_eq!(queue.count("SELECT COUNT(*) FROM jobs").await, 0);
}

#[on_every_database]
async fn what_fails_for_good_is_dead_until_revived(queue: Queue) {
    let seen = Seen::default();
    let refuse = noting(&seen, |_| Outcome::Fail { reason: "no such address".to_owned() });
    let tired = noting(&seen, |_| Outcome::Retry { after: Some(Duration::ZERO), reason: "busy".to_owned() });
    let worker = Worker::new(queue.jobs.clone()).job("mail", refuse).job("fetch", tired);
    queue.enqueue("mail", "a", "{}").await;
    queue.enqueue("fetch", "b", "{}").await;
    assert_eq!(worker.run_until_idle().await.unwrap(), 1 + 12);
    let dead = queue.jobs.list_dead(10).await.unwrap();
    let found: Vec<_> = dead.iter().map(|job| (job.kind.as_str(), job.attempts, job.reason.as_str())).collect();
    assert_eq!(found, [("fetch", 12, "busy"), ("mail", 1, "no such address")]);
    queue.jobs.revive("mail", "a").await.unwrap();
    assert!(matches!(queue.jobs.revive("mail", "a").await, Err(Error::NotDead { .. })));
    assert_eq!(worker.run_until_idle().await.unwrap(), 1);
}

#[on_every_database]
async fn a_panic_is_an_attempt(queue: Queue) {
    let handler: Handler = Arc::new(|job| async move { panic!("{}", job.key) }.boxed());
    let worker = Worker::new(queue.jobs.clone()).job("mail", handler);
    queue.enqueue("mail", "a", "{}").await;
    assert_eq!(worker.run_until_idle().await.unwrap(), 1);
    let rows = queue.test.db.read("SELECT last_error FROM jobs", []).await.unwrap();
    assert_eq!(rows[0].get::<&str>(0).unwrap(), "the handler panicked");
}

#[on_every_database]
async fn a_lease_that_has_expired_is_lost(queue: Queue) {
    let (clock, seen) = (queue.test.clock.clone(), Seen::default());
    let second = Worker::new(queue.jobs.clone()).job("slow", noting(&seen, |_| Outcome::Ok));
    let (noted, rival) = (Arc::clone(&seen), second.clone());
    // While the first worker is at it, its lease expires and another one runs the job.
    let first: Handler = Arc::new(move |job| {
        let (noted, rival, clock) = (Arc::clone(&noted), rival.clone(), clock.clone());
        async move {
            noted.lock().unwrap().push(job);
            assert_eq!(rival.run_until_idle().await.unwrap(), 0, "it is leased");
            clock.advance(Duration::from_secs(301));
            assert_eq!(rival.run_until_idle().await.unwrap(), 1);
            Outcome::Fail { reason: "too late to matter".to_owned() }
        }
        .boxed()
    });
    queue.enqueue("slow", "a", "{}").await;
    let first = Worker::new(queue.jobs.clone()).job("slow", first);
    assert_eq!(first.run_until_idle().await.unwrap(), 1);
    assert_eq!(seen.lock().unwrap().iter().map(|job| job.attempt).collect::<Vec<_>>(), [1, 2]);
    assert!(queue.jobs.list_dead(1).await.unwrap().is_empty(), "the lost attempt has no say");
    assert_eq!(queue.count("SELECT COUNT(*) FROM jobs").await, 0);
}

#[on_every_database]
async fn many_workers_share_without_repeating(queue: Queue) {
    let seen = Seen::default();
    for key in 0..100 {
        queue.enqueue("mail", &format!("{key:03}"), "{}").await;
    }
    for _ in 0..20 {
        queue.publish("topic", "{}").await;
    }
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let db = match queue.test.db.dialect() {
            db::Dialect::Sqlite => queue.test.db.clone(),
            db::Dialect::Postgres => Db::open(queue.test.target.clone()).await.unwrap(),
        };
        let jobs = Jobs::new(db, queue.test.clock.clone(), queue.test.ids.clone());
        let worker = Worker::new(jobs)
            .job("mail", noting(&seen, |_| Outcome::Ok))
            .job("heard", noting(&seen, |_| Outcome::Ok))
            .subscribe("topic", "heard");
        workers.spawn(async move { worker.run_until_idle().await.unwrap() });
    }
    let mut attempts = 0;
    while let Some(worker) = workers.join_next().await {
        attempts += worker.unwrap();
    }
    let mut keys = keys(&seen);
    keys.sort();
    keys.dedup();
    assert_eq!((attempts, keys.len()), (120, 120));
    assert_eq!(queue.count("SELECT COUNT(*) FROM jobs").await, 0);
}

#[on_every_database]
async fn a_running_worker_is_woken_and_stops_when_told(queue: Queue) {
    let (stop, seen) = (CancellationToken::new(), Seen::default());
    let told = stop.clone();
    let handler = noting(&seen, move |_| {
        told.cancel();
        Outcome::Ok
    });
    let worker = Worker::new(queue.jobs.clone()).job("mail", handler);
    tokio::join!(worker.run(stop), queue.enqueue("mail", "a", "{}"));
    assert_eq!(keys(&seen), ["a"]);
    assert_eq!(queue.count("SELECT COUNT(*) FROM jobs").await, 0, "what was running has ended");
}

#[on_every_database]
async fn a_pause_does_not_count_as_an_attempt(queue: Queue) {
    let seen = Seen::default();
    let left = Arc::new(Mutex::new(30));
    let worker = Worker::new(queue.jobs.clone()).job(
        "import",
        noting(&seen, move |_| {
            let mut left = left.lock().unwrap();
            *left -= 1;
            if *left > 0 { Outcome::Pause { after: Duration::ZERO } } else { Outcome::Ok }
        }),
    );
    queue.enqueue("import", "a", "{}").await;
    assert_eq!(worker.run_until_idle().await.unwrap(), 30);
    assert!(seen.lock().unwrap().iter().all(|job| job.attempt == 1 && !job.is_last_attempt()));
    assert_eq!(queue.count("SELECT COUNT(*) FROM jobs").await, 0);
}

/// However often a process looks, it takes no attempt away from the one that can do the job.
#[on_every_database]
async fn a_job_is_left_to_the_process_that_owns_it_for_a_while(queue: Queue) {
    let (seen, others) = (Seen::default(), Seen::default());
    let worker = |seen: &Seen, own: &'static str| {
        let worker = Worker::new(queue.jobs.clone()).job("import", noting(seen, |_| Outcome::Ok));
        worker.own("import", Duration::from_mins(5), move |key| key == own)
    };
    let (one, other) = (worker(&seen, "a"), worker(&others, "b"));
    for key in ["a", "b", "lost"] {
        queue.enqueue("import", key, "{}").await;
    }
    for _ in 0..20 {
        one.run_until_idle().await.unwrap();
        queue.test.clock.advance(Duration::from_secs(10));
    }
    assert_eq!(keys(&seen), ["a"]);
    assert_eq!(other.run_until_idle().await.unwrap(), 1);
    assert_eq!(others.lock().unwrap()[0].attempt, 1);
    queue.test.clock.advance(Duration::from_mins(2));
    assert_eq!(one.run_until_idle().await.unwrap(), 1);
    assert_eq!((keys(&seen), keys(&others)), (vec!["a".to_owned(), "lost".to_owned()], vec!["b".to_owned()]));
}

/// A process is not kept from its own jobs by those of another one, however many come first and whether that runs or not.
#[on_every_database]
async fn jobs_of_others_at_the_head_of_the_queue_keep_nobody_from_its_own(queue: Queue) {
    let mut tx = queue.test.db.begin(Group::House).await.unwrap();
    let run_at = queue.test.clock.now();
    for number in 0..2_500 {
        let key = format!("a{number}");
        queue.jobs.enqueue(&mut tx, NewJob { kind: "import", key: &key, payload: "{}".to_owned(), run_at });
    }
    tx.commit().await.unwrap();
    for key in ["b1", "b2", "b3"] {
        queue.enqueue("import", key, "{}").await;
    }
    let seen = Seen::default();
    let worker = Worker::new(queue.jobs.clone()).at_most(2).job("import", noting(&seen, |_| Outcome::Ok));
    let worker = worker.own("import", Duration::from_hours(24), |key| key.starts_with('b'));
    assert!(queue.jobs.is_waiting("import", "b3").await.unwrap());
    assert_eq!(worker.run_until_idle().await.unwrap(), 3);
    let mut done = keys(&seen);
    done.sort();
    assert_eq!(done, ["b1", "b2", "b3"]);
    assert_eq!(queue.count("SELECT COUNT(*) FROM jobs WHERE attempts = 0").await, 2_500);
    assert!(queue.jobs.is_waiting("import", "a7").await.unwrap());
    assert!(!queue.jobs.is_waiting("import", "b3").await.unwrap());
}

#[on_every_database]
async fn a_job_that_somebody_has_does_not_wait(queue: Queue) {
    let jobs = queue.jobs.clone();
    let looking: Handler = Arc::new(move |job| {
        let jobs = jobs.clone();
        async move {
            assert!(!jobs.is_waiting(&job.kind, &job.key).await.unwrap());
            Outcome::Retry { after: Some(Duration::from_mins(1)), reason: "busy".to_owned() }
        }
        .boxed()
    });
    let worker = Worker::new(queue.jobs.clone()).job("fetch", looking);
    queue.enqueue("fetch", "a", "{}").await;
    assert_eq!(worker.run_until_idle().await.unwrap(), 1);
    assert!(!queue.jobs.is_waiting("fetch", "a").await.unwrap(), "its time has not come");
    queue.test.clock.advance(Duration::from_mins(1));
    assert!(queue.jobs.is_waiting("fetch", "a").await.unwrap());
}

#[on_every_database]
async fn only_who_has_the_lease_keeps_a_job(queue: Queue) {
    const LEASE: Duration = Duration::from_secs(15);
    let (clock, seen) = (queue.test.clock.clone(), Seen::default());
    let rival = Worker::new(queue.jobs.clone()).kept_job("import", LEASE, noting(&seen, |_| Outcome::Ok));
    let (jobs, db) = (queue.jobs.clone(), queue.test.db.clone());
    // Kept in time it stays; once its lease has run out, another worker does it, and the first can write nothing more.
    let slow: Handler = Arc::new(move |job| {
        let (jobs, db, rival, clock) = (jobs.clone(), db.clone(), rival.clone(), clock.clone());
        async move {
            for _ in 0..3 {
                clock.advance(Duration::from_secs(10));
                assert_eq!(rival.run_until_idle().await.unwrap(), 0, "it is leased");
                let mut tx = db.begin(Group::House).await.unwrap();
                jobs.keep(&mut tx, &job, LEASE);
                tx.commit().await.unwrap();
            }
            clock.advance(Duration::from_secs(16));
            assert_eq!(rival.run_until_idle().await.unwrap(), 1);
            let mut tx = db.begin(Group::House).await.unwrap();
            jobs.keep(&mut tx, &job, LEASE);
            assert!(matches!(tx.commit().await, Err(db::Error::Missed)));
            Outcome::Fail { reason: "too late to matter".to_owned() }
        }
        .boxed()
    });
    queue.enqueue("import", "a", "{}").await;
    let first = Worker::new(queue.jobs.clone()).kept_job("import", LEASE, slow);
    assert_eq!(first.run_until_idle().await.unwrap(), 1);
    assert_eq!(seen.lock().unwrap().iter().map(|job| job.attempt).collect::<Vec<_>>(), [2]);
    assert!(queue.jobs.list_dead(1).await.unwrap().is_empty(), "the lost attempt has no say");
}

/// A file belongs to one process: what an earlier one had leased is free when the next one starts.
#[tokio::test]
async fn leases_of_an_earlier_process_are_taken_back_on_sqlite() {
    let queue = Queue::for_database(testkit::Engine::Sqlite).await;
    let (jobs, seen) = (queue.jobs.clone(), Seen::default());
    let killed: Handler = Arc::new(|_| std::future::pending().boxed());
    queue.enqueue("import", "a", "{}").await;
    let first = Worker::new(jobs).kept_job("import", Duration::from_hours(1), killed);
    let cut = tokio::time::timeout(Duration::from_millis(300), first.run_until_idle()).await;
    assert!(cut.is_err(), "it was at it when it was killed");
    let stop = CancellationToken::new();
    let told = stop.clone();
    let again = noting(&seen, move |_| {
        told.cancel();
        Outcome::Ok
    });
    let next = Jobs::new(queue.test.db.clone(), queue.test.clock.clone(), queue.test.ids.clone());
    Worker::new(next).kept_job("import", Duration::from_hours(1), again).run(stop).await;
    assert_eq!(keys(&seen), ["a"]);
}

#[on_every_database]
async fn a_worker_without_subscriptions_leaves_events_to_others(queue: Queue) {
    let seen = Seen::default();
    queue.publish("topic", "{}").await;
    let deaf = Worker::new(queue.jobs.clone()).job("mail", noting(&seen, |_| Outcome::Ok));
    assert_eq!(deaf.run_until_idle().await.unwrap(), 0);
    let other =
        Worker::new(queue.jobs.clone()).job("heard", noting(&seen, |_| Outcome::Ok)).subscribe("topic", "heard");
    assert_eq!(other.run_until_idle().await.unwrap(), 1);
}
