//! Orders 责令 and fines 罚款 of a matter: an award follows the fines that were paid.

use domain::Refusal;
use domain::access::By;
use domain::hazard::Command;
use domain::hazard::enforcement::{Enforce, IssueOrder, OrderKind, Penalise, PenaltyState};
use domain::id::HazardId;
use domain::money::Fen;
use domain::time::china_day;

use super::Matter;
use crate::scene::*;

impl Matter {
    /// Returns the amount of the award of a hazard: a tenth of the fines that were paid, and at least 100 yuan.
    pub(super) fn amount(&self, hazard: HazardId) -> Fen {
        Fen((self.hazards[&hazard].enforcement.fines_paid().0 / 10).max(10_000))
    }

    /// Inspects with the number of a new record.
    fn inspect(&mut self, hazard: HazardId) -> Result<(u128, By), Refusal> {
        self.works += 1;
        let (number, by) = (50_000 + self.works, self.keeper(hazard));
        self.ask(hazard, by, inspect(number, self.minute))?;
        Ok((number, by))
    }

    pub(super) fn order(&mut self, hazard: HazardId) -> Result<(), Refusal> {
        let (number, by) = self.inspect(hazard)?;
        let (order, inspection) = (order_id(number), inspection_id(number));
        let said = IssueOrder { order, inspection, kind: OrderKind::Immediately, until: None, note: NOTE };
        self.ask(hazard, by, Command::Enforce(Enforce::Order(said)))
    }

    pub(super) fn end_order(&mut self, hazard: HazardId) -> Result<(), Refusal> {
        let open = self.hazards[&hazard].enforcement.open_orders().next().map(|one| one.id);
        let order = open.ok_or_else(|| Refusal::illegal("order.open"))?;
        self.ask(hazard, self.keeper(hazard), Command::Enforce(Enforce::Revoke { order, note: NOTE }))
    }

    pub(super) fn fine(&mut self, hazard: HazardId) -> Result<(), Refusal> {
        let (number, by) = self.inspect(hazard)?;
        let today = china_day(at(self.minute));
        let said = Penalise { decided_on: today, ..penalised(number, number, None) };
        self.ask(hazard, by, Command::Enforce(Enforce::Penalise(said)))?;
        self.ask(hazard, by, pay_fine(number, self.minute))?;
        self.settle(&[hazard]);
        Ok(())
    }

    pub(super) fn void_fine(&mut self, hazard: HazardId) -> Result<(), Refusal> {
        let penalties = &self.hazards[&hazard].enforcement.penalties;
        let stands = penalties.iter().find(|one| one.state() == PenaltyState::Paid).map(|one| one.id);
        let penalty = stands.ok_or_else(|| Refusal::illegal("penalty.stands"))?;
        self.ask(hazard, self.keeper(hazard), Command::Enforce(Enforce::Void { penalty, note: NOTE }))?;
        self.settle(&[hazard]);
        Ok(())
    }
}
