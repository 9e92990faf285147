"""Sessions keep the rules they were held under, who presided and since when; votes keep their place."""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE cpa_committee_session session
           SET minimum_votes = committee.minimum_votes, has_casting_vote = committee.has_casting_vote
          FROM cpa_committee committee
         WHERE committee.id = session.committee_id
        """
    )
    cr.execute(
        """
        UPDATE cpa_committee_session session
           SET opened_at = COALESCE(
                   (SELECT max(happened_at) FROM cpa_request_move
                     WHERE res_model = 'cpa.committee.session' AND res_id = session.id AND to_state = 'open'),
                   session.planned_at
               ),
               presiding_id = COALESCE(
                   (SELECT member.id
                      FROM cpa_committee_attendance line JOIN cpa_committee_member member ON member.id = line.member_id
                     WHERE line.session_id = session.id AND line.is_present AND member.role IN ('chair', 'deputy')
                     ORDER BY member.role, member.sequence, member.id LIMIT 1),
                   session.presiding_id
               )
         WHERE session.state IN ('open', 'counting', 'minutes', 'closed')
        """
    )
    cr.execute(
        """
        UPDATE cpa_committee_vote vote
           SET place_id = vote.member_id
          FROM cpa_committee_member member
         WHERE member.id = vote.member_id AND member.role != 'alternate'
        """
    )
    # one committee for each company so far: it hears what waits
    cr.execute(
        """
        UPDATE cpa_request request
           SET committee_id = committee.id
          FROM cpa_committee committee
         WHERE request.state = 'committee'
           AND committee.active
           AND committee.company_id = request.company_id
           AND NOT EXISTS (SELECT FROM cpa_committee other
                            WHERE other.company_id = committee.company_id AND other.active AND other.id != committee.id)
        """
    )
