//! Whatever happens, in whatever order.

use std::time::Duration;

use acta_application::relay::Layout;
use acta_application::relay::memory::UnderWay;
use proptest::collection::vec;
use proptest::prelude::*;
use tokio::time::sleep;

use super::stores::Kept;
use super::world::{Running, TYPES, World};

#[derive(Debug, Clone)]
enum Act {
    /// Events of these sessions and types come.
    Append(Vec<(u8, usize)>),
    /// So many milliseconds pass.
    Pass(u64),
    /// Connections are lost; so many of the records under way arrive, after so many milliseconds.
    Disconnect(usize, Option<u64>),
    /// The broker forgets so many records of each lane, and so many that were under way arrive then.
    Forget(Vec<usize>, usize),
    /// The broker is away for so many milliseconds.
    Away(u64),
    /// The relays are killed, and one is started; of what was under way so many arrive, after so many milliseconds.
    Crash(usize, Option<u64>),
    /// The relays are stopped in good order, and one is started.
    Restart,
    /// Another relay is started beside those that run.
    Second,
    /// The checkpoint is kept aside.
    KeepAside,
    /// The checkpoint that was kept aside is put back, or none.
    PutBack,
}

fn act() -> impl Strategy<Value = Act> {
    let late = || prop::option::of(1..400_u64);
    prop_oneof![
        4 => vec((0..4_u8, 0..TYPES.len()), 1..30).prop_map(Act::Append),
        4 => (0..40_u64).prop_map(Act::Pass),
        1 => (400..3_000_u64).prop_map(Act::Pass),
        1 => (0..10_usize, late()).prop_map(|(count, late)| Act::Disconnect(count, late)),
        2 => (vec(0..12_usize, 1..4), 0..10_usize).prop_map(|(counts, arriving)| Act::Forget(counts, arriving)),
        1 => (0..2_000_u64).prop_map(Act::Away),
        1 => (0..10_usize, late()).prop_map(|(count, late)| Act::Crash(count, late)),
        1 => Just(Act::Restart),
        1 => Just(Act::Second),
        1 => Just(Act::KeepAside),
        1 => Just(Act::PutBack),
    ]
}

struct Stage {
    world: World,
    relays: Vec<Running>,
    aside: Kept,
}

impl Stage {
    async fn play(&mut self, act: Act) {
        match act {
            Act::Append(events) => {
                for (session, of) in events {
                    self.world.log.append(session, TYPES[of]);
                }
            }
            Act::Pass(millis) => sleep(Duration::from_millis(millis)).await,
            Act::Disconnect(count, late) => self.world.topics.disconnect(under_way(count, late)),
            Act::Forget(counts, arriving) => self.world.topics.forget(&counts, arriving),
            Act::Away(millis) => {
                self.world.topics.set_away(true);
                sleep(Duration::from_millis(millis)).await;
                self.world.topics.set_away(false);
            }
            Act::Crash(count, late) => {
                self.world.topics.disconnect(under_way(count, late));
                self.crash().await;
                self.relays.push(self.world.start());
            }
            Act::Restart => {
                for relay in self.relays.drain(..) {
                    relay.stop().await;
                }
                self.relays.push(self.world.start());
            }
            Act::Second => self.relays.push(self.world.start()),
            Act::KeepAside => self.aside = self.world.views.kept(),
            Act::PutBack => self.world.views.put_back(self.aside.clone()),
        }
    }

    async fn crash(&mut self) {
        for relay in self.relays.drain(..) {
            relay.crash().await;
        }
    }
}

fn under_way(count: usize, late: Option<u64>) -> UnderWay {
    match late {
        Some(millis) => UnderWay::ArriveLate(count, Duration::from_millis(millis)),
        None => UnderWay::Arrive(count),
    }
}

async fn play(layout: Layout, partitions: u32, acts: Vec<Act>) {
    let world = World::new(layout, partitions);
    let mut stage = Stage { relays: vec![world.start()], world, aside: Kept::default() };
    for act in acts {
        stage.play(act).await;
    }
    stage.crash().await;
    stage.world.start().reaches(stage.world.head()).await;
    stage.world.assert_whole();
}

proptest! {
    #[test]
    fn in_the_end_every_lane_has_every_event_of_its_own_in_order(
        single in any::<bool>(),
        partitions in 1..4_u32,
        acts in vec(act(), 1..25),
    ) {
        let layout = if single { Layout::Single } else { Layout::ByType };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(play(layout, partitions, acts));
    }
}
