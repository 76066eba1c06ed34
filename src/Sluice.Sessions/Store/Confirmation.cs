namespace Sluice.Sessions;

/// <summary>What a policy says of a live session that it still allows.</summary>
/// <param name="Generation">The generation that confirms it.</param>
/// <param name="Timers">The set of idle times from now on; they count from the session's next packet.</param>
/// <param name="Rule">The rule that decides now.</param>
/// <param name="SourcePool">The pool that its source is translated by now; null: none.</param>
/// <param name="OriginalConduct">Conduct of the original direction's packets from now on.</param>
/// <param name="ReplyConduct">Conduct of the reply direction's packets from now on.</param>
/// <param name="Account">The account of where it goes.</param>
/// <param name="SourceAccount">The account of the policy that its source leaves by.</param>
/// <param name="IsForwarded">Whether a forward leads from its public source to its own inside endpoint: the port may be claimed then, since it is claimed for it.</param>
public readonly record struct Confirmation(
    ushort Generation, ushort Timers, uint Rule, Pool? SourcePool, FlowConduct OriginalConduct = FlowConduct.None, FlowConduct ReplyConduct = FlowConduct.None,
    uint Account = AccountTable.None, uint SourceAccount = AccountTable.None, bool IsForwarded = false);
