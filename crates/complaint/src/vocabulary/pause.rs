//! Why a complaint stands still.

known_words! {
    /// Whose answer a complaint waits for.
    WaitingFor {
        Complainant = "complainant",
        /// Somebody who is neither the complainant nor the organisation.
        ThirdParty = "third_party",
    }
}

open_words! {
    /// What allows, or obliges, the organisation to stop handling a complaint.
    HoldBasis {
        /// The matter is before a court.
        CourtProceedings = "court_proceedings",
        /// The police or a public prosecutor look into it.
        CriminalInvestigation = "criminal_investigation",
        /// A regulator told this organisation to stop.
        RegulatorInstruction = "regulator_instruction",
        /// A law or a rule of a regulator stops complaints of this kind.
        StatutoryStay = "statutory_stay",
        /// An ombudsman, an arbitrator or another body decides the same matter.
        ParallelProceedings = "parallel_proceedings",
        /// Somebody's insolvency stops claims.
        Insolvency = "insolvency",
    }
}
